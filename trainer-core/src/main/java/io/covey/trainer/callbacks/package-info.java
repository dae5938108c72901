/**
 * Keras' callbacks: hooks into the training loop, and the ones that ship with Covey.
 *
 * <p>Entry points: {@link io.covey.trainer.callbacks.Callback} and {@link io.covey.trainer.callbacks.CallbackList}, which calls
 * them.
 */
package io.covey.trainer.callbacks;
