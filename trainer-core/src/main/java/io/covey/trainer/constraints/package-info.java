/**
 * What weights must satisfy after every update.
 *
 * <p>Entry point: {@link io.covey.trainer.constraints.Constraint}.
 */
package io.covey.trainer.constraints;
