/**
 * Recurrent layers and other layers for sequences as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.rnn.RnnLowerings}; {@link io.covey.trainer.engine.rnn.RecurrentOp} goes over
 * the time axis, a {@link io.covey.trainer.engine.rnn.RecurrentCell} computes a step.
 */
package io.covey.trainer.engine.rnn;
