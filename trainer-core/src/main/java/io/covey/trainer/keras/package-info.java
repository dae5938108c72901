/**
 * Keras' own files, and weights with the names they have in Keras.
 *
 * <p>Entry points: {@link io.covey.trainer.keras.KerasFile}, {@link io.covey.trainer.keras.WeightArray}.
 */
package io.covey.trainer.keras;
