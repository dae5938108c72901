package io.covey.trainer.layers.convolutional;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import io.covey.trainer.regularizers.Regularizer;
import java.util.Arrays;
import java.util.List;

/**
 * {@code activation(c(input) + bias)}, c being the gradient of a convolution with the same window by its input; kernel
 * (space, filters, in).
 *
 * @param <T> the layer's own class
 */
public abstract class TransposedConvolution<T extends TransposedConvolution<T>> extends WindowLayer<T> {
    private static final long serialVersionUID = 1L;

    private final int filters;
    private final List<Integer> outputPadding;
    private final WeightSettings kernel;

    /** Reads Keras' arguments; {@code filters} and {@code kernel_size} are required. */
    TransposedConvolution(Arguments arguments, int rank) {
        super(arguments, rank, Padding.VALID, Padding.SAME);
        filters = arguments.positive("filters");
        outputPadding = outputPadding(arguments, rank);
        kernel = WeightSettings.read(arguments, "kernel", "glorot_uniform");
        if (arguments.positive("groups", 1) != 1) {
            throw arguments.error("groups", "must be 1: Keras' transposed convolutions have no groups");
        }
    }

    private List<Integer> outputPadding(Arguments arguments, int rank) {
        if (arguments.raw("output_padding", null) == null) {
            return null;
        }
        int[] values = arguments.integers("output_padding", rank);
        for (int axis = 0; axis < rank; axis++) {
            if (values[axis] < 0 || values[axis] >= window().strides().get(axis)) {
                throw arguments.error(
                        "output_padding",
                        "is " + Arrays.toString(values)
                                + ", each must be at least 0 and less than its stride, strides are "
                                + window().strides());
            }
        }
        return Arrays.stream(values).boxed().toList();
    }

    @Override
    final boolean allowsStridesWithDilation() {
        return false;
    }

    /** A copy whose output has more cells, fewer than a stride: one number per axis or one for all. */
    public final T outputPadding(Integer... values) {
        return with("output_padding", oneOrMore(values));
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

    @Override
    public final int filters(int inputChannels) {
        return filters;
    }

    @Override
    final int outputSize(int axis, int input) {
        int stride = window().strides().get(axis);
        int extent = window().extent(axis);
        int inner = (input - 1) * stride;
        if (window().padding() == Padding.VALID) {
            return inner + (outputPadding == null ? Math.max(extent, stride) : extent + outputPadding.get(axis));
        }
        if (outputPadding == null) {
            return input * stride;
        }
        int output = inner + extent % 2 + outputPadding.get(axis);
        if (output <= inner) {
            throw error("output_padding is " + outputPadding + " with padding same and an even kernel_size "
                    + window().size() + ": it must be at least 1 there");
        }
        return output;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        int channels = single(dataFormat().toLast(inputShapes)).get(window().rank());
        return withBias(filters, kernel.weight("kernel", kernelShape(filters, channels)));
    }
}
