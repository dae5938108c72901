package io.covey.trainer.layers.convolutional;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import io.covey.trainer.regularizers.Regularizer;
import java.util.List;
import java.util.Map;

/**
 * A convolution of each input channel with {@code depth_multiplier} kernels of its own; kernel (space, in, depth_multiplier).
 *
 * @param <T> the layer's own class
 */
public abstract class DepthwiseConvolution<T extends DepthwiseConvolution<T>> extends WindowLayer<T> {
    private static final long serialVersionUID = 1L;

    private final int depthMultiplier;
    private final WeightSettings kernel;

    /** Reads Keras' arguments; {@code kernel_size} is required. */
    DepthwiseConvolution(Arguments arguments, int rank) {
        super(arguments, rank, Padding.VALID, Padding.SAME);
        depthMultiplier = arguments.positive("depth_multiplier", 1);
        kernel = WeightSettings.read(arguments, "depthwise", "glorot_uniform");
        refuseKernelSettings();
    }

    static Arguments arguments(String owner, List<Integer> kernelSize, Activation activation) {
        return Arguments.of(owner, Map.of("kernel_size", kernelSize, "activation", activation));
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

    @Override
    public final int filters(int inputChannels) {
        return Math.multiplyExact(inputChannels, depthMultiplier);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        int channels = single(dataFormat().toLast(inputShapes)).get(window().rank());
        return withBias(
                filters(channels), kernel.weight("kernel", "depthwise_kernel", kernelShape(channels, depthMultiplier)));
    }
}
