package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' transposed convolution over {@code (rows, height, width, channels)}. */
public final class Conv2DTranspose extends TransposedConvolution<Conv2DTranspose> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv2DTranspose(Arguments arguments) {
        super(arguments, 2);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv2DTranspose(int filters, int kernelSize, Activation activation) {
        this(Convolution.arguments("Conv2DTranspose", filters, Collections.nCopies(2, kernelSize), activation));
    }

    @Override
    public Conv2DTranspose copy(Arguments newArguments) {
        return new Conv2DTranspose(newArguments);
    }
}
