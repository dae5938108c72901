/**
 * Keras' convolution layers.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.convolutional.Conv2D}.
 */
package io.covey.trainer.layers.convolutional;
