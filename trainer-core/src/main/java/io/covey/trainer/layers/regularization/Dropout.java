package io.covey.trainer.layers.regularization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Drops numbers in training with probability {@code rate} and scales the others by 1 / (1 - rate) (Srivastava et al., JMLR 2014). */
public final class Dropout extends Layer {
    private static final long serialVersionUID = 1L;

    private final double rate;
    private final Long seed;
    private final List<Integer> noiseShape;

    /** Reads Keras' arguments. */
    public Dropout(Arguments arguments) {
        super(arguments);
        rate = arguments.real("rate", Double.NaN, 0, 1);
        seed = Seeds.read(arguments);
        noiseShape = NoiseShape.read(arguments);
    }

    public Dropout(double rate) {
        this(Arguments.of("Dropout", Map.of("rate", rate)));
    }

    @Override
    public Dropout copy(Arguments newArguments) {
        return new Dropout(newArguments);
    }

    public double rate() {
        return rate;
    }

    /** Of the layer's own stream; null to follow the job's seed alone. */
    public Long seed() {
        return seed;
    }

    /** Sizes of the mask, with the batch axis: 1 where the mask is the same along an axis, 0 for the input's own size. */
    public List<Integer> noiseShape() {
        return noiseShape;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
