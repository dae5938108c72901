/**
 * Convolutions as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.convolution.ConvolutionLowerings}.
 */
package io.covey.trainer.engine.convolution;
