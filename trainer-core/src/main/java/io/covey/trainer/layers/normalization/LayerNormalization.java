package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Weight;
import java.util.List;
import java.util.Map;

/**
 * {@code gamma * (input - mean) / sqrt(variance + epsilon) + beta} with the statistics of each sample over the axes that are
 * named. With {@code rms_scaling} the mean is not subtracted and there is no beta, but the variance is still the variance.
 */
public final class LayerNormalization extends AxisNormalization {
    private static final long serialVersionUID = 1L;

    private final double epsilon;
    private final boolean rmsScaling;
    private final ScaleAndShift affine;

    /** Reads Keras' arguments. */
    public LayerNormalization(Arguments arguments) {
        super(arguments, false);
        epsilon = arguments.real("epsilon", 1e-3, 0, Double.MAX_VALUE);
        rmsScaling = arguments.flag("rms_scaling", false);
        ScaleAndShift read = ScaleAndShift.read(arguments);
        affine = rmsScaling ? new ScaleAndShift(true, false, read.gamma(), read.beta()) : read;
    }

    /** A layer with Keras' defaults. */
    public LayerNormalization() {
        this(Arguments.of("LayerNormalization", Map.of()));
    }

    @Override
    public LayerNormalization copy(Arguments newArguments) {
        return new LayerNormalization(newArguments);
    }

    /** Added to the variance. */
    public double epsilon() {
        return epsilon;
    }

    /** Whether the mean is left in. */
    public boolean rmsScaling() {
        return rmsScaling;
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
        return affine.weights(sizes(single(inputShapes)));
    }
}
