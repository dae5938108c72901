/**
 * Who takes part in a job and what each owns.
 *
 * <p>Entry point: {@link io.covey.server.membership.Topology}.
 */
package io.covey.server.membership;
