/**
 * Activation functions.
 *
 * <p>Entry point: {@link io.covey.trainer.activations.Activation}.
 */
package io.covey.trainer.activations;
