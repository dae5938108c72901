/**
 * The server's side of the exchange: what adds the workers' gradients, updates, and publishes parameters.
 *
 * <p>Entry points: {@link io.covey.server.shard.ShardServer}, which keeps workers in step, and
 * {@link io.covey.server.shard.RelaxedShard}, which answers each worker by itself.
 */
package io.covey.server.shard;
