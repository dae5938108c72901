package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' transposed convolution over {@code (rows, steps, channels)}. */
public final class Conv1DTranspose extends TransposedConvolution<Conv1DTranspose> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv1DTranspose(Arguments arguments) {
        super(arguments, 1);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv1DTranspose(int filters, int kernelSize, Activation activation) {
        this(Convolution.arguments("Conv1DTranspose", filters, Collections.nCopies(1, kernelSize), activation));
    }

    @Override
    public Conv1DTranspose copy(Arguments newArguments) {
        return new Conv1DTranspose(newArguments);
    }
}
