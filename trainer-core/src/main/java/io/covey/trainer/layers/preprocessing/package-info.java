/**
 * Keras' layers that scale and distort inputs.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.preprocessing.Normalization}.
 */
package io.covey.trainer.layers.preprocessing;
