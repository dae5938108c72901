/**
 * Keras' activations with parameters, as layers.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.activations.ReLU}.
 */
package io.covey.trainer.layers.activations;
