/**
 * Penalties on weights and activations.
 *
 * <p>Entry point: {@link io.covey.trainer.regularizers.Regularizer}.
 */
package io.covey.trainer.regularizers;
