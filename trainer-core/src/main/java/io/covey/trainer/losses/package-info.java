/**
 * Keras' losses on arrays of positions, with their reductions, weights and gradients.
 *
 * <p>Entry points: {@link io.covey.trainer.losses.Losses} and {@link io.covey.trainer.losses.WeightedLoss}.
 */
package io.covey.trainer.losses;
