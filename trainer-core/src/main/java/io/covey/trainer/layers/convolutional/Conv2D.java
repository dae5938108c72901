package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' convolution over {@code (rows, height, width, channels)}. */
public final class Conv2D extends Convolution<Conv2D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv2D(Arguments arguments) {
        super(arguments, 2, Padding.VALID, Padding.SAME);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv2D(int filters, int kernelSize, Activation activation) {
        this(arguments("Conv2D", filters, Collections.nCopies(2, kernelSize), activation));
    }

    @Override
    public Conv2D copy(Arguments newArguments) {
        return new Conv2D(newArguments);
    }
}
