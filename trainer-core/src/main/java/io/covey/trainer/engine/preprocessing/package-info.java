/**
 * Scaling and distortion of inputs.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.preprocessing.PreprocessingLowerings}.
 */
package io.covey.trainer.engine.preprocessing;
