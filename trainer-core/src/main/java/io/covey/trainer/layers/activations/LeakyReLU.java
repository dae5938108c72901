package io.covey.trainer.layers.activations;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** {@code x} above 0, {@code negative_slope * x} below. */
public final class LeakyReLU extends Layer {
    private static final long serialVersionUID = 1L;

    private static final double NEGATIVE_SLOPE_DEFAULT = 0.3;

    private final double negativeSlope;

    /** Reads Keras' arguments. */
    public LeakyReLU(Arguments arguments) {
        super(arguments);
        // Keras 2 calls it alpha.
        negativeSlope =
                arguments.real("negative_slope", arguments.real("alpha", NEGATIVE_SLOPE_DEFAULT), 0, Double.MAX_VALUE);
    }

    public LeakyReLU(double negativeSlope) {
        this(Arguments.of("LeakyReLU", Map.of("negative_slope", negativeSlope)));
    }

    @Override
    public LeakyReLU copy(Arguments newArguments) {
        return new LeakyReLU(newArguments);
    }

    public double negativeSlope() {
        return negativeSlope;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
