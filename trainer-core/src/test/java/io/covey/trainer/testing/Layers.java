package io.covey.trainer.testing;

import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.rnn.LSTM;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the layers that can be made by name need. */
public final class Layers {
    /** Models as layers take the configuration of a whole model; Linear belongs to the golden suite. */
    private static final Set<String> NOT_BUILT_IN = Set.of("Sequential", "Functional", "Model", "Linear");

    private Layers() {}

    /** Whether it is a layer of Covey's with arguments of its own. */
    public static boolean isBuiltIn(String className) {
        return !NOT_BUILT_IN.contains(className);
    }

    /** The arguments without which a layer cannot be made. */
    public static Map<String, Object> requiredArguments(String className) {
        return switch (className) {
            case "Activation" -> Map.of("activation", "relu");
            case "Bidirectional" -> Map.of("layer", new LSTM(2));
            case "TimeDistributed" -> Map.of("layer", LayerTypes.create("Dense", Map.of("units", 2)));
            default -> byKind(className);
        };
    }

    private static Map<String, Object> byKind(String className) {
        if (List.of("Dense", "SimpleRNN", "LSTM", "GRU").contains(className)) {
            return Map.of("units", 2);
        }
        if (className.startsWith("Depthwise")) {
            return Map.of("kernel_size", 2);
        }
        if (className.contains("Conv")) {
            return Map.of("filters", 2, "kernel_size", 2);
        }
        if (className.contains("Dropout")) {
            return Map.of("rate", 0.5);
        }
        return switch (className) {
            case "Dot" -> Map.of("axes", 1);
            case "Embedding" -> Map.of("input_dim", 3, "output_dim", 2);
            case "GaussianNoise" -> Map.of("stddev", 0.5);
            case "GroupQueryAttention" -> Map.of("head_dim", 2, "num_query_heads", 4, "num_key_value_heads", 2);
            case "InputLayer" -> Map.of("shape", List.of(3));
            case "MultiHeadAttention" -> Map.of("num_heads", 2, "key_dim", 2);
            case "Permute" -> Map.of("dims", List.of(2, 1));
            case "RandomContrast", "RandomRotation" -> Map.of("factor", 0.2);
            case "RandomTranslation" -> Map.of("height_factor", 0.1, "width_factor", 0.1);
            case "RandomZoom" -> Map.of("height_factor", 0.1);
            case "RepeatVector" -> Map.of("n", 2);
            case "Reshape" -> Map.of("target_shape", List.of(3));
            case "Rescaling" -> Map.of("scale", 0.5);
            default -> Map.of();
        };
    }
}
