/**
 * Keras' layers that make one tensor of several.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.merging.Merge}.
 */
package io.covey.trainer.layers.merging;
