package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Adds normal numbers of mean 0 in training. */
public final class GaussianNoise extends Layer {
    private static final long serialVersionUID = 1L;

    private final double stddev;
    private final Long seed;

    /** Reads Keras' arguments. */
    public GaussianNoise(Arguments arguments) {
        super(arguments);
        stddev = arguments.real("stddev", Double.NaN, 0, 1);
        seed = Seeds.read(arguments);
    }

    public GaussianNoise(double stddev) {
        this(Arguments.of("GaussianNoise", Map.of("stddev", stddev)));
    }

    @Override
    public GaussianNoise copy(Arguments newArguments) {
        return new GaussianNoise(newArguments);
    }

    public double stddev() {
        return stddev;
    }

    /** Of the layer's own stream; null to follow the job's seed alone. */
    public Long seed() {
        return seed;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
