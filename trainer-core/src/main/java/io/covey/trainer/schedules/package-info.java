/**
 * Learning rates as functions of the step, with Keras' names, arguments and float32 arithmetic.
 *
 * <p>Entry points: {@link io.covey.trainer.schedules.LearningRateSchedule} and
 * {@link io.covey.trainer.schedules.Schedules}.
 */
package io.covey.trainer.schedules;
