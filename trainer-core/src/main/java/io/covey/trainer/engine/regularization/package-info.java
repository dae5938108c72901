/**
 * Noise in training.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.regularization.NoiseLowerings}.
 */
package io.covey.trainer.engine.regularization;
