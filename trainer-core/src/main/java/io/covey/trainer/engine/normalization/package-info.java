/**
 * Normalization as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.normalization.NormalizationLowerings}.
 */
package io.covey.trainer.engine.normalization;
