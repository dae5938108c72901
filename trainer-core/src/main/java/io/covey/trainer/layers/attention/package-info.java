/**
 * Layers that let the steps of one sequence look at those of another.
 *
 * <p>Entry point: {@link io.covey.trainer.layers.attention.AttentionLayers}.
 */
package io.covey.trainer.layers.attention;
