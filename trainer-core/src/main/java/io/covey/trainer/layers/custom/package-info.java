/**
 * Layers that users write themselves.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.custom.SameDiffLayer}.
 */
package io.covey.trainer.layers.custom;
