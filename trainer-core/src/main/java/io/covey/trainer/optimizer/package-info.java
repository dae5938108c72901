/**
 * Optimizers as element-wise formulas that run on any range of the flat parameter vector.
 *
 * <p>Entry points: {@link io.covey.trainer.optimizer.Optimizers} makes settings, {@link io.covey.trainer.optimizer.UpdatePlan}
 * and {@link io.covey.trainer.optimizer.RangeUpdater} apply them.
 */
package io.covey.trainer.optimizer;
