package io.covey.trainer.layers.activations;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Keras' relu with all arguments, see {@link io.covey.trainer.activations.Rectifiers#relu(double, double, double)}. */
public final class ReLU extends Layer {
    private static final long serialVersionUID = 1L;

    private final double maxValue;
    private final double negativeSlope;
    private final double threshold;

    /** Reads Keras' arguments. */
    public ReLU(Arguments arguments) {
        super(arguments);
        maxValue = arguments.real("max_value", Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY);
        negativeSlope = arguments.real("negative_slope", 0, 0, Double.MAX_VALUE);
        threshold = arguments.real("threshold", 0, 0, Double.MAX_VALUE);
    }

    public ReLU() {
        this(Arguments.of("ReLU", Map.of()));
    }

    @Override
    public ReLU copy(Arguments newArguments) {
        return new ReLU(newArguments);
    }

    /** Infinite for none. */
    public double maxValue() {
        return maxValue;
    }

    public double negativeSlope() {
        return negativeSlope;
    }

    public double threshold() {
        return threshold;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
