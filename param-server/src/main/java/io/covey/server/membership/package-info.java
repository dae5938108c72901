/**
 * Who takes part in a job and what each owns.
 *
 * <p>Entry points: {@link io.covey.server.membership.Topology} (what is), {@link io.covey.server.membership.Membership} (how
 * it changes).
 */
package io.covey.server.membership;
