package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import java.util.List;

/**
 * Attention in which heads of the query share a key and a value (Ainslie et al., arXiv 2305.13245): {@code num_key_value_heads}
 * groups of {@code num_query_heads}, 1 for a single key and value. The output is as wide as the query;
 * Keras puts {@code activity_regularizer} on it once more, beside the projections.
 */
public final class GroupQueryAttention extends ProjectedAttention {
    private static final long serialVersionUID = 1L;

    /** Reads Keras' arguments; {@code head_dim}, {@code num_query_heads} and {@code num_key_value_heads} are required. */
    public GroupQueryAttention(Arguments arguments) {
        super(
                arguments,
                arguments.positive("num_query_heads"),
                arguments.positive("num_key_value_heads"),
                arguments.positive("head_dim"),
                arguments.positive("head_dim"));
        if (heads() % valueHeads() != 0) {
            throw arguments.error(
                    "num_key_value_heads", "is " + valueHeads() + ", it must divide num_query_heads, " + heads());
        }
    }

    @Override
    public String shownName() {
        return "GroupedQueryAttention";
    }

    @Override
    public GroupQueryAttention copy(Arguments newArguments) {
        return new GroupQueryAttention(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> output = super.outputShape(inputShapes);
        if (!inputShapes.get(0).get(1).equals(inputShapes.get(1).get(1))) {
            throw error("needs as many features in query as in value, its inputs have shapes " + inputShapes);
        }
        return output;
    }

    @Override
    List<Integer> outputSizes(List<Integer> query) {
        return query.subList(1, 2);
    }
}
