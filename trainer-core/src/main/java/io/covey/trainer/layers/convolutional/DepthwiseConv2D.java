package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' convolution of each channel on its own, over {@code (rows, height, width, channels)}. */
public final class DepthwiseConv2D extends DepthwiseConvolution<DepthwiseConv2D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code kernel_size} is required. */
    public DepthwiseConv2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public DepthwiseConv2D(int kernelSize, Activation activation) {
        this(arguments("DepthwiseConv2D", Collections.nCopies(2, kernelSize), activation));
    }

    @Override
    public DepthwiseConv2D copy(Arguments newArguments) {
        return new DepthwiseConv2D(newArguments);
    }
}
