/**
 * Keras' layers that move numbers without changing them.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.reshaping.IndexLayer}.
 */
package io.covey.trainer.layers.reshaping;
