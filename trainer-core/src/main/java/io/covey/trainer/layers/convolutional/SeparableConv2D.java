package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' separable convolution over {@code (rows, height, width, channels)}. */
public final class SeparableConv2D extends SeparableConvolution<SeparableConv2D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public SeparableConv2D(Arguments arguments) {
        super(arguments, 2);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public SeparableConv2D(int filters, int kernelSize, Activation activation) {
        this(Convolution.arguments("SeparableConv2D", filters, Collections.nCopies(2, kernelSize), activation));
    }

    @Override
    public SeparableConv2D copy(Arguments newArguments) {
        return new SeparableConv2D(newArguments);
    }
}
