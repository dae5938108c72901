package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.GlorotUniform;
import io.covey.trainer.layers.Weight;
import java.util.List;

/** Attention by sums (Bahdanau et al., arXiv 1409.0473): scores {@code sum(scale * tanh(query + key))}, scale (features). */
public final class AdditiveAttention extends SingleHeadAttention {
    private static final long serialVersionUID = 1L;

    private final boolean useScale;

    /** Reads Keras' arguments. */
    public AdditiveAttention(Arguments arguments) {
        super(arguments);
        useScale = arguments.flag("use_scale", true);
    }

    @Override
    public AdditiveAttention copy(Arguments newArguments) {
        return new AdditiveAttention(newArguments);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return useScale
                ? List.of(Weight.of("scale", List.of(inputShapes.get(0).get(1)), new GlorotUniform(), null, null))
                : List.of();
    }
}
