package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' transposed convolution over {@code (rows, depth, height, width, channels)}. */
public final class Conv3DTranspose extends TransposedConvolution<Conv3DTranspose> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv3DTranspose(Arguments arguments) {
        super(arguments, 3);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv3DTranspose(int filters, int kernelSize, Activation activation) {
        this(Convolution.arguments("Conv3DTranspose", filters, Collections.nCopies(3, kernelSize), activation));
    }

    @Override
    public Conv3DTranspose copy(Arguments newArguments) {
        return new Conv3DTranspose(newArguments);
    }
}
