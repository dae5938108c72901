/** How gradients and parameters travel between workers and server shards; start at {@link io.covey.trainer.wire.WireFormats}. */
package io.covey.trainer.wire;
