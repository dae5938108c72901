/**
 * Keras' layers for sequences, whose samples have a time axis first.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.rnn.RecurrentLayer}.
 */
package io.covey.trainer.layers.rnn;
