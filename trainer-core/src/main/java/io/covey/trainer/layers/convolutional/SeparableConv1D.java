package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' separable convolution over {@code (rows, steps, channels)}. */
public final class SeparableConv1D extends SeparableConvolution<SeparableConv1D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public SeparableConv1D(Arguments arguments) {
        super(arguments, 1);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public SeparableConv1D(int filters, int kernelSize, Activation activation) {
        this(Convolution.arguments("SeparableConv1D", filters, Collections.nCopies(1, kernelSize), activation));
    }

    @Override
    public SeparableConv1D copy(Arguments newArguments) {
        return new SeparableConv1D(newArguments);
    }
}
