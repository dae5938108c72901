package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.Collections;

/** Keras' convolution over {@code (rows, steps, channels)}. */
public final class Conv1D extends Convolution<Conv1D> {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    public Conv1D(Arguments arguments) {
        super(arguments, 1, Padding.VALID, Padding.SAME, Padding.CAUSAL);
    }

    /** A layer with Keras' defaults; {@code kernelSize} is that of every axis. */
    public Conv1D(int filters, int kernelSize, Activation activation) {
        this(arguments("Conv1D", filters, Collections.nCopies(1, kernelSize), activation));
    }

    @Override
    public Conv1D copy(Arguments newArguments) {
        return new Conv1D(newArguments);
    }
}
