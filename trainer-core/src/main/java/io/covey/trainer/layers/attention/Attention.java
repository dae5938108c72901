package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.Ones;
import io.covey.trainer.layers.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention by dot products (Luong et al., arXiv 1508.04025): scores {@code scale * (query . key)}, or with
 * {@code score_mode: concat} {@code concat_score_weight * sum(tanh(scale * (query + key)))}. Scale and weight are trained
 * numbers.
 */
public final class Attention extends SingleHeadAttention {
    private static final long serialVersionUID = 1L;

    private final boolean useScale;
    private final boolean concatenates;

    /** Reads Keras' arguments. */
    public Attention(Arguments arguments) {
        super(arguments);
        useScale = arguments.flag("use_scale", false);
        concatenates = arguments.choice("score_mode", "dot", "dot", "concat").equals("concat");
    }

    @Override
    public Attention copy(Arguments newArguments) {
        return new Attention(newArguments);
    }

    /** Whether the first weight is the scale. */
    public boolean hasScale() {
        return useScale;
    }

    /** Whether scores are sums of tanh, with a weight, the last one. */
    public boolean concatenates() {
        return concatenates;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Weight> weights = new ArrayList<>();
        if (useScale) {
            weights.add(Weight.of("scale", List.of(), new Ones(), null, null));
        }
        if (concatenates) {
            weights.add(Weight.of("concat_score_weight", List.of(), new Ones(), null, null));
        }
        return weights;
    }
}
