package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' convolution over {@code (rows, depth, height, width, channels)}. */
public final class Conv3D extends Convolution<Conv3D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv3D(Arguments arguments) {
        super(arguments, 3, Padding.VALID, Padding.SAME);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv3D(int filters, int kernelSize, Activation activation) {
        this(arguments("Conv3D", filters, Collections.nCopies(3, kernelSize), activation));
    }

    @Override
    public Conv3D copy(Arguments newArguments) {
        return new Conv3D(newArguments);
    }
}
