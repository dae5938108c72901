package io.covey.trainer.layers.convolutional;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A depthwise convolution, then one over the channels only, with bias and activation: depthwise_kernel (space, in,
 * depth_multiplier), pointwise_kernel (1..., in * depth_multiplier, filters).
 *
 * @param <T> the layer's own class
 */
public abstract class SeparableConvolution<T extends SeparableConvolution<T>> extends WindowLayer<T> {
    private static final long serialVersionUID = 1L;

    private final int filters;
    private final int depthMultiplier;
    private final WeightSettings depthwise;
    private final WeightSettings pointwise;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    SeparableConvolution(Arguments arguments, int rank) {
        super(arguments, rank, Padding.VALID, Padding.SAME);
        filters = arguments.positive("filters");
        depthMultiplier = arguments.positive("depth_multiplier", 1);
        depthwise = WeightSettings.read(arguments, "depthwise", "glorot_uniform");
        pointwise = WeightSettings.read(arguments, "pointwise", "glorot_uniform");
        refuseKernelSettings();
    }

    @Override
    final boolean allowsStridesWithDilation() {
        return true;
    }

    public final T depthMultiplier(int value) {
        return with("depth_multiplier", value);
    }

    public final T depthwiseInitializer(Initializer value) {
        return with("depthwise_initializer", value);
    }

    public final T depthwiseRegularizer(Regularizer value) {
        return with("depthwise_regularizer", value);
    }

    public final T depthwiseConstraint(Constraint value) {
        return with("depthwise_constraint", value);
    }

    public final T pointwiseInitializer(Initializer value) {
        return with("pointwise_initializer", value);
    }

    public final T pointwiseRegularizer(Regularizer value) {
        return with("pointwise_regularizer", value);
    }

    public final T pointwiseConstraint(Constraint value) {
        return with("pointwise_constraint", value);
    }

    @Override
    public final int filters(int inputChannels) {
        return filters;
    }

    /** Channels between the two convolutions. */
    public final int innerChannels(int inputChannels) {
        return Math.multiplyExact(inputChannels, depthMultiplier);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        int channels = single(dataFormat().toLast(inputShapes)).get(window().rank());
        List<Integer> pointwiseShape = new ArrayList<>(Collections.nCopies(window().rank(), 1));
        pointwiseShape.addAll(List.of(innerChannels(channels), filters));
        return withBias(
                filters,
                depthwise.weight("depthwise_kernel", kernelShape(channels, depthMultiplier)),
                pointwise.weight("pointwise_kernel", pointwiseShape));
    }
}
