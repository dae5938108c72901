/**
 * Optimizers as element-wise kernels that run on any range of the flat parameter vector.
 *
 * <p>Entry point: {@link io.covey.trainer.optimizer.Optimizer}.
 */
package io.covey.trainer.optimizer;
