/**
 * Keras' core layers.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.core.Dense}.
 */
package io.covey.trainer.layers.core;
