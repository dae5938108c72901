/**
 * Holds every backward of the engine against numeric gradients.
 *
 * <p>Entry point: {@link io.covey.trainer.gradients.GradientCheck}.
 */
package io.covey.trainer.gradients;
