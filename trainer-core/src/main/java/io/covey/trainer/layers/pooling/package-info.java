/**
 * Keras' pooling layers.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.pooling.MaxPooling2D}.
 */
package io.covey.trainer.layers.pooling;
