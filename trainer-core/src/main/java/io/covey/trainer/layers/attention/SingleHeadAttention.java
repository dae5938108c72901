package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import java.util.List;

/** Scores query and key as they are, so that both have as many features, and puts out means of the value as it is. */
abstract class SingleHeadAttention extends AttentionLayer {
    private static final long serialVersionUID = 1L;

    SingleHeadAttention(Arguments arguments) {
        super(arguments);
    }

    @Override
    public final List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> key = keyShape(inputShapes);
        List<Integer> query = inputShapes.get(0);
        if (!query.get(1).equals(key.get(1))) {
            throw error("needs as many features in query as in key, its inputs have shapes " + inputShapes);
        }
        return List.of(query.get(0), inputShapes.get(1).get(1));
    }
}
