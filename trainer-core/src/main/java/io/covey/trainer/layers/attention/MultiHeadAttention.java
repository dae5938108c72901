package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.regularizers.L1L2;
import java.util.Arrays;
import java.util.List;

/**
 * Attention in which every head has a query, key and value of its own (Vaswani et al., arXiv 1706.03762). The output is as wide
 * as the query, or has the axes of {@code output_shape}.
 */
public final class MultiHeadAttention extends ProjectedAttention {
    private static final long serialVersionUID = 1L;

    private final int[] outputAxes;

    /** Reads Keras' arguments; {@code num_heads} and {@code key_dim} are required. */
    public MultiHeadAttention(Arguments arguments) {
        super(
                arguments,
                arguments.positive("num_heads"),
                arguments.positive("num_heads"),
                arguments.positive("key_dim"),
                arguments.positive(arguments.raw("value_dim", null) == null ? "key_dim" : "value_dim"));
        outputAxes = sizes(arguments);
        if (arguments.raw("attention_axes", null) != null && arguments.integers("attention_axes", 1)[0] != 1) {
            throw arguments.error("attention_axes", "must be [1], the time axis, or be left out");
        }
        arguments.ignore("attention_axes");
    }

    private static int[] sizes(Arguments arguments) {
        Object given = arguments.raw("output_shape", null);
        if (given == null || (given instanceof List<?> list && list.isEmpty())) {
            return new int[0];
        }
        int[] sizes = arguments.integers("output_shape", -1);
        if (Arrays.stream(sizes).anyMatch(size -> size < 1)) {
            throw arguments.error("output_shape", "is " + Arrays.toString(sizes) + ", sizes must be at least 1");
        }
        return sizes;
    }

    @Override
    public MultiHeadAttention copy(Arguments newArguments) {
        return new MultiHeadAttention(newArguments);
    }

    /** None: Keras' penalty is on the projections alone. */
    @Override
    public L1L2 activityRegularizer() {
        return null;
    }

    @Override
    List<Integer> outputSizes(List<Integer> query) {
        return outputAxes.length == 0
                ? query.subList(1, 2)
                : Arrays.stream(outputAxes).boxed().toList();
    }
}
