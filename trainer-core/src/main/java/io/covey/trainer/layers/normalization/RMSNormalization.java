package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.Ones;
import io.covey.trainer.layers.Weight;
import java.util.List;
import java.util.Map;

/** {@code scale * input / sqrt(mean(input^2) + epsilon)}, the mean of each sample over the axes that are named. */
public final class RMSNormalization extends AxisNormalization {
    private static final long serialVersionUID = 1L;

    private final double epsilon;

    /** Reads Keras' arguments. */
    public RMSNormalization(Arguments arguments) {
        super(arguments, false);
        epsilon = arguments.real("epsilon", 1e-6, 0, Double.MAX_VALUE);
    }

    /** A layer with Keras' defaults. */
    public RMSNormalization() {
        this(Arguments.of("RMSNormalization", Map.of()));
    }

    @Override
    public RMSNormalization copy(Arguments newArguments) {
        return new RMSNormalization(newArguments);
    }

    /** Added to the mean of squares. */
    public double epsilon() {
        return epsilon;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return List.of(Weight.of("scale", sizes(single(inputShapes)), new Ones(), null, null));
    }
}
