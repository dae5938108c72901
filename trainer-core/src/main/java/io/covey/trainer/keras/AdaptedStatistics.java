package io.covey.trainer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts the mean and variance that {@code Normalization.adapt} has found, which Keras keeps with the weights, into a model's
 * configuration: here they are arguments of the layer.
 */
final class AdaptedStatistics {
    private static final String CLASS_NAME = "class_name";
    private static final String CONFIG = "config";
    private static final String MEAN = "mean";

    private final StoredWeights weights;

    AdaptedStatistics(StoredWeights weights) {
        this.weights = weights;
    }

    /** Completes the configuration of a model: what {@code to_json()} writes, as maps and lists. */
    void complete(Map<String, Object> model) {
        completeModel(config(model), "");
    }

    private void completeModel(Map<String, Object> model, String outer) {
        LayerGroups groups = new LayerGroups(outer);
        List<?> layers = model.get(VariablePath.LAYERS) instanceof List<?> list ? list : List.of();
        for (Object written : layers) {
            Map<String, Object> layer = map(written);
            // Operations between layers are nodes in Keras' JSON, and have no group.
            if (!String.valueOf(layer.get("module")).startsWith("keras.src.ops")) {
                completeLayer(layer, groups.next(String.valueOf(layer.get(CLASS_NAME))));
            }
        }
    }

    private void completeLayer(Map<String, Object> layer, String group) {
        Map<String, Object> config = config(layer);
        if (config.get("layer") instanceof Map<?, ?> wrapped) {
            completeLayer(map(wrapped), group + "/layer");
        } else if (config.containsKey(VariablePath.LAYERS)) {
            completeModel(config, group + "/");
        } else if (layer.get(CLASS_NAME).equals("Normalization") && config.get(MEAN) == null) {
            List<float[]> statistics = weights.ofLayer(group, String.valueOf(config.get("name")));
            if (statistics.size() > 1) {
                config.put(MEAN, list(statistics.get(0)));
                config.put("variance", list(statistics.get(1)));
            }
        }
    }

    private static List<Double> list(float[] values) {
        List<Double> list = new ArrayList<>();
        for (float value : values) {
            list.add((double) value);
        }
        return list;
    }

    private static Map<String, Object> config(Map<String, Object> written) {
        return map(written.getOrDefault(CONFIG, Map.of()));
    }

    @SuppressWarnings("unchecked") // JSON's objects have names.
    private static Map<String, Object> map(Object written) {
        return written instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
