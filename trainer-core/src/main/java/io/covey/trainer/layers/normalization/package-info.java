/**
 * Keras' normalization layers.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.normalization.BatchNormalization}.
 */
package io.covey.trainer.layers.normalization;
