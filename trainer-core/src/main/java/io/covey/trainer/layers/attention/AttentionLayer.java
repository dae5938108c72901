package io.covey.trainer.layers.attention;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.regularization.Dropout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a query (steps, features), a value (places, features) and perhaps a key (places, features), which is the value
 * otherwise. Each step of the query gets a mean of the value's places, weighted by the softmax of its scores with the key's.
 * The output has the query's mask.
 *
 * <p>{@code use_causal_mask}, which Keras has as an argument of the call, is one of the layer: a step sees no later place.
 */
public abstract class AttentionLayer extends Layer {
    private static final long serialVersionUID = 1L;

    /** An argument of the layer that is one of the call in Keras. */
    public static final String CAUSAL = "use_causal_mask";

    private final Dropout dropout;
    private final boolean causal;

    /** Reads the arguments that all these layers have. */
    protected AttentionLayer(Arguments arguments) {
        super(arguments);
        Map<String, Object> ofDropout = new HashMap<>();
        ofDropout.put("rate", arguments.real("dropout", 0, 0, 1));
        Object seed = arguments.raw("seed", null);
        if (seed != null) {
            ofDropout.put("seed", seed);
        }
        dropout = new Dropout(Arguments.of(className(), ofDropout));
        causal = arguments.flag(CAUSAL, false);
        if (arguments.flag("return_attention_scores", false)) {
            throw arguments.error("return_attention_scores", "is true, only the output can be had: leave it out");
        }
    }

    /** What the weights of a mean go through. */
    public final Dropout dropout() {
        return dropout;
    }

    /** Whether a step of the query sees no later place. */
    public final boolean isCausal() {
        return causal;
    }

    @Override
    public final boolean supportsMasking() {
        return true;
    }

    /** The key's shape; checks the number of inputs, their axes and that key and value have as many places. */
    protected final List<Integer> keyShape(List<List<Integer>> inputShapes) {
        if (inputShapes.size() < 2 || inputShapes.size() > 3) {
            throw error("takes query, value and perhaps key, it is given " + inputShapes.size() + " inputs");
        }
        if (inputShapes.stream().anyMatch(shape -> shape.size() != 2)) {
            throw error("takes (time, features) per sample of each input, its inputs have shapes " + inputShapes);
        }
        List<Integer> key = inputShapes.get(inputShapes.size() - 1);
        if (!key.get(0).equals(inputShapes.get(1).get(0))) {
            throw error("needs as many steps in key as in value, its inputs have shapes " + inputShapes);
        }
        return key;
    }
}
