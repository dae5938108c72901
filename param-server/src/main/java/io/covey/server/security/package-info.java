/**
 * What only the processes of one job can do: keys from the job's secret, sealed control messages, sealed data frames.
 *
 * <p>Entry point: {@link io.covey.server.security.JobSecurity}.
 */
package io.covey.server.security;
