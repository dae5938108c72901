package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' convolution of each channel on its own, over {@code (rows, steps, channels)}. */
public final class DepthwiseConv1D extends DepthwiseConvolution<DepthwiseConv1D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code kernel_size} is required. */
    public DepthwiseConv1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public DepthwiseConv1D(int kernelSize, Activation activation) {
        this(arguments("DepthwiseConv1D", Collections.nCopies(1, kernelSize), activation));
    }

    @Override
    public DepthwiseConv1D copy(Arguments newArguments) {
        return new DepthwiseConv1D(newArguments);
    }
}
