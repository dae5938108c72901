/**
 * Keras' layers that act in training only, and the penalty on activations.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.regularization.Dropout}.
 */
package io.covey.trainer.layers.regularization;
