/**
 * Layers that users write themselves, as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.custom.CustomLowerings}.
 */
package io.covey.trainer.engine.custom;
