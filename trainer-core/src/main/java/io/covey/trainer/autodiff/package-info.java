/**
 * Gradients of expressions.
 *
 * <p>Entry point: {@link io.covey.trainer.autodiff.GradientTape}.
 */
package io.covey.trainer.autodiff;
