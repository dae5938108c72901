package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.Weight;
import java.util.List;
import java.util.Map;

/**
 * {@code gamma * (input - mean) / sqrt(variance + epsilon) + beta} with the statistics of the batch over all axes but one, the
 * variance divided by the count; at inference, and when frozen, with their moving averages.
 */
public final class BatchNormalization extends AxisNormalization {
    private static final long serialVersionUID = 1L;

    private final double momentum;
    private final double epsilon;
    private final ScaleAndShift affine;
    private final Initializer movingMeanInitializer;
    private final Initializer movingVarianceInitializer;

    /** Reads Keras' arguments. */
    public BatchNormalization(Arguments arguments) {
        super(arguments, true);
        momentum = arguments.real("momentum", 0.99, 0, 1);
        epsilon = arguments.real("epsilon", 1e-3, 0, Double.MAX_VALUE);
        affine = ScaleAndShift.read(arguments);
        movingMeanInitializer = Initializers.argument(arguments, "moving_mean_initializer", "zeros");
        movingVarianceInitializer = Initializers.argument(arguments, "moving_variance_initializer", "ones");
        requireFalse(arguments, "renorm", "batch renormalization does not exist here");
        requireFalse(arguments, "synchronized", "each virtual shard normalises by its own micro-batch");
        arguments.ignore("renorm_clipping", "renorm_momentum", "fused", "virtual_batch_size", "adjustment");
    }

    private static void requireFalse(Arguments arguments, String name, String why) {
        if (arguments.flag(name, false)) {
            throw arguments.error(name, "is true, it must be false: " + why);
        }
    }

    /** A layer with Keras' defaults. */
    public BatchNormalization() {
        this(Arguments.of("BatchNormalization", Map.of()));
    }

    @Override
    public boolean needsWholeBatch() {
        return isTrainable();
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public BatchNormalization copy(Arguments newArguments) {
        return new BatchNormalization(newArguments);
    }

    /** A copy that keeps the statistics of another axis apart; axis 0 is the batch. */
    public BatchNormalization axis(int value) {
        return copy(arguments().with("axis", value));
    }

    /** A copy with another weight of the old value in the moving averages. */
    public BatchNormalization momentum(double value) {
        return copy(arguments().with("momentum", value));
    }

    public BatchNormalization epsilon(double value) {
        return copy(arguments().with("epsilon", value));
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
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> shape = sizes(single(inputShapes));
        List<Weight> weights = affine.weights(shape);
        weights.add(Weight.movingAverage("moving_mean", shape, movingMeanInitializer, momentum));
        weights.add(Weight.movingAverage("moving_variance", shape, movingVarianceInitializer, momentum));
        return weights;
    }
}
