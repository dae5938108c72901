package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Weight;
import java.util.List;
import java.util.Map;

/** Normalises each sample by the mean and the variance over groups of neighbouring channels and all other axes. */
public final class GroupNormalization extends AxisNormalization {
    private static final long serialVersionUID = 1L;

    /** One group per channel. */
    private static final int INSTANCE = -1;

    private final int groups;
    private final double epsilon;
    private final ScaleAndShift affine;

    /** Reads Keras' arguments. */
    public GroupNormalization(Arguments arguments) {
        super(arguments, true);
        groups = arguments.integer("groups", 32);
        if (groups < 1 && groups != INSTANCE) {
            throw arguments.error("groups", "is " + groups + ", it must be at least 1, or -1 for one per channel");
        }
        epsilon = arguments.real("epsilon", 1e-3, 0, Double.MAX_VALUE);
        affine = ScaleAndShift.read(arguments);
    }

    /** A layer with Keras' defaults. */
    public GroupNormalization(int groups) {
        this(Arguments.of("GroupNormalization", Map.of("groups", groups)));
    }

    @Override
    public GroupNormalization copy(Arguments newArguments) {
        return new GroupNormalization(newArguments);
    }

    /** Number of groups for a number of channels. */
    public int groups(int channels) {
        return groups == INSTANCE ? channels : groups;
    }

    /** Added to the variance. */
    public double epsilon() {
        return epsilon;
    }

    /** Whether there is a gamma. */
    public boolean hasScale() {
        return affine.scale();
    }

    /** Whether there is a beta. */
    public boolean hasCenter() {
        return affine.center();
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = super.outputShape(inputShapes);
        int channels = sizes(input).get(0);
        if (channels % groups(channels) != 0) {
            throw error("groups is " + groups + ", it must divide the channels, which are " + channels);
        }
        return input;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return affine.weights(sizes(single(inputShapes)));
    }
}
