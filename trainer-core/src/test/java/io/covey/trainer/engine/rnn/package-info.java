/**
 * Tests of the layers for sequences.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.rnn.RecurrentLayersTest}.
 */
package io.covey.trainer.engine.rnn;
