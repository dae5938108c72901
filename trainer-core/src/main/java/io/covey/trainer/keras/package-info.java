/**
 * Weights with the names they have in Keras, and Keras' own files.
 *
 * <p>Entry point: {@link io.covey.trainer.keras.WeightArray}.
 */
package io.covey.trainer.keras;
