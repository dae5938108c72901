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
 * {@code activation(convolve(input, kernel) + bias)}, without flipping the kernel; kernel (space, in / groups, filters).
 *
 * @param <T> the layer's own class
 */
public abstract class Convolution<T extends Convolution<T>> extends WindowLayer<T> {
    private static final long serialVersionUID = 1L;

    private final int filters;
    private final int groups;
    private final WeightSettings kernel;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    Convolution(Arguments arguments, int rank, Padding... allowed) {
        super(arguments, rank, allowed);
        filters = arguments.positive("filters");
        groups = arguments.positive("groups", 1);
        if (filters % groups != 0) {
            throw arguments.error("groups", "is " + groups + ", it must divide filters, which is " + filters);
        }
        kernel = WeightSettings.read(arguments, "kernel", "glorot_uniform");
        arguments.refuse("lora_rank").ignore("lora_alpha");
    }

    static Arguments arguments(String owner, int filters, List<Integer> kernelSize, Activation activation) {
        return Arguments.of(owner, Map.of("filters", filters, "kernel_size", kernelSize, "activation", activation));
    }

    @Override
    final boolean allowsStridesWithDilation() {
        return false;
    }

    public final T groups(int value) {
        return with("groups", value);
    }

    public final T kernelInitializer(Initializer value) {
        return with("kernel_initializer", value);
    }

    public final T kernelRegularizer(Regularizer value) {
        return with("kernel_regularizer", value);
    }

    public final T kernelConstraint(Constraint value) {
        return with("kernel_constraint", value);
    }

    /** Parts of the channels that are convolved apart from each other. */
    public final int groups() {
        return groups;
    }

    @Override
    public final int filters(int inputChannels) {
        return filters;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        int channels = single(dataFormat().toLast(inputShapes)).get(window().rank());
        if (channels % groups != 0) {
            throw error("groups is " + groups + ", it must divide the input's channels, which are " + channels);
        }
        return withBias(filters, kernel.weight("kernel", kernelShape(channels / groups, filters)));
    }
}
