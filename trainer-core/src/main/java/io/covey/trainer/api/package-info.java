/**
 * Keras' training API in Java: {@code compile}, {@code fit}, {@code evaluate}, {@code predict}.
 *
 * <p>Entry point: {@link io.covey.trainer.api.KerasModel}.
 */
package io.covey.trainer.api;
