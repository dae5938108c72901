/**
 * What becomes of a server shard's range: sums of gradients along the reduction tree, then the optimizer, with norms over all
 * shards where it needs them. Knows neither workers nor modes, nor how the sums come here.
 *
 * <p>Start at {@link io.covey.server.update.ShardUpdate}.
 */
package io.covey.server.update;
