/**
 * Keras' callbacks: hooks into the training loop, and the ones that ship with Covey.
 *
 * <p>Entry point: {@link io.covey.trainer.callbacks.Callback}.
 */
package io.covey.trainer.callbacks;
