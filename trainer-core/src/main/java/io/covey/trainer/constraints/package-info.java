/**
 * Keras' constraints on variables, applied after each update.
 *
 * <p>Entry points: {@link io.covey.trainer.constraints.Constraint} and {@link io.covey.trainer.constraints.Constraints}.
 */
package io.covey.trainer.constraints;
