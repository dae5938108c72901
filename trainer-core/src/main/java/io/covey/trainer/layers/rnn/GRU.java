package io.covey.trainer.layers.rnn;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import java.util.List;
import java.util.Map;

/**
 * Gated recurrent unit (Cho et al., arXiv 1406.1078). Gates z, r, h in the kernels' columns:
 * {@code h' = z * h + (1 - z) * activation(x_h + r * (h @ recurrent_h))}; with {@code reset_after = false} the reset gate
 * comes before the product: {@code (r * h) @ recurrent_h}. With {@code reset_after} the bias is (2, 3 * units), one for the
 * inputs and one for the recurrent products.
 */
public final class GRU extends RecurrentLayer {
    private static final long serialVersionUID = 1L;

    private final Activation recurrentActivation;
    private final boolean resetAfter;

    /** Reads Keras' arguments; {@code units} is required. */
    public GRU(Arguments arguments) {
        super(arguments);
        recurrentActivation = widthKeeping(arguments, "recurrent_activation", Activation.SIGMOID);
        resetAfter = arguments.flag("reset_after", true);
    }

    /** A layer with Keras' defaults. */
    public GRU(int units) {
        this(Arguments.of("GRU", Map.of("units", units)));
    }

    @Override
    public GRU copy(Arguments newArguments) {
        return new GRU(newArguments);
    }

    /** Applied to the gates z and r. */
    public Activation recurrentActivation() {
        return recurrentActivation;
    }

    /** Whether the reset gate is applied after the product with the recurrent kernel. */
    public boolean resetsAfter() {
        return resetAfter;
    }

    @Override
    public int gates() {
        return 3;
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    protected List<Integer> biasShape() {
        return resetAfter ? List.of(2, 3 * units()) : List.of(3 * units());
    }
}
