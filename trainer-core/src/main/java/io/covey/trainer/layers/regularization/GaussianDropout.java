package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Multiplies by normal numbers of mean 1 and variance rate / (1 - rate) in training. */
public final class GaussianDropout extends Layer {
    private static final long serialVersionUID = 1L;

    private final double rate;
    private final Long seed;

    /** Reads Keras' arguments. */
    public GaussianDropout(Arguments arguments) {
        super(arguments);
        rate = arguments.real("rate", Double.NaN, 0, 1);
        seed = Seeds.read(arguments);
    }

    public GaussianDropout(double rate) {
        this(Arguments.of("GaussianDropout", Map.of("rate", rate)));
    }

    @Override
    public GaussianDropout copy(Arguments newArguments) {
        return new GaussianDropout(newArguments);
    }

    public double rate() {
        return rate;
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
