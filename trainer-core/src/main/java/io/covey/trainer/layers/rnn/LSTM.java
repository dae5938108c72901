package io.covey.trainer.layers.rnn;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.Initializer;
import java.util.Map;

/**
 * Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 9, 1997). Gates i, f, c, o in the kernels' columns;
 * states h and c: {@code c' = f * c + i * activation(gate c)}, {@code h' = o * activation(c')}.
 */
public final class LSTM extends RecurrentLayer {
    private static final long serialVersionUID = 1L;

    private final Activation recurrentActivation;
    private final boolean unitForgetBias;

    /** Reads Keras' arguments; {@code units} is required. */
    public LSTM(Arguments arguments) {
        super(arguments);
        recurrentActivation = widthKeeping(arguments, "recurrent_activation", Activation.SIGMOID);
        unitForgetBias = arguments.flag("unit_forget_bias", true);
    }

    /** A layer with Keras' defaults. */
    public LSTM(int units) {
        this(Arguments.of("LSTM", Map.of("units", units)));
    }

    @Override
    public LSTM copy(Arguments newArguments) {
        return new LSTM(newArguments);
    }

    /** Applied to the gates i, f and o. */
    public Activation recurrentActivation() {
        return recurrentActivation;
    }

    @Override
    public int gates() {
        return 4;
    }

    @Override
    public int states() {
        return 2;
    }

    @Override
    protected Initializer biasStart(Initializer given) {
        return unitForgetBias ? new UnitForgetBias(given, units()) : given;
    }
}
