package io.covey.trainer.layers.rnn;

import io.covey.trainer.config.Arguments;
import java.util.Map;

/** {@code h' = activation(x @ kernel + h @ recurrent_kernel + bias)}. */
public final class SimpleRNN extends RecurrentLayer {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code units} is required. */
    public SimpleRNN(Arguments arguments) {
        super(arguments);
    }

    /** A layer with Keras' defaults. */
    public SimpleRNN(int units) {
        this(Arguments.of("SimpleRNN", Map.of("units", units)));
    }

    @Override
    public SimpleRNN copy(Arguments newArguments) {
        return new SimpleRNN(newArguments);
    }

    @Override
    public int gates() {
        return 1;
    }

    @Override
    public int states() {
        return 1;
    }
}
