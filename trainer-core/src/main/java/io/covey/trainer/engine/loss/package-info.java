/**
 * Losses, metrics and penalties at the end of a program.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.loss.SoftmaxCrossEntropy}.
 */
package io.covey.trainer.engine.loss;
