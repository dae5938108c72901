package io.covey.trainer.keras;

import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where a whole model in HDF5, Keras' legacy format, has what. */
final class LegacyFormat {
    /** Attributes of the file. */
    static final String MODEL_CONFIG = "model_config";

    static final String TRAINING_CONFIG = "training_config";

    /** Groups. */
    static final String WEIGHTS = "model_weights";

    static final String OPTIMIZER = "optimizer_weights";

    /** Attributes of groups. */
    static final String LAYER_NAMES = "layer_names";

    static final String WEIGHT_NAMES = "weight_names";

    private static final String OPTIMIZER_CONFIG = "optimizer_config";
    private static final String OPTIMIZER_OF_KERAS_3 = "optimizer";

    private LegacyFormat() {}

    /** The weights of a layer in the order of the format: trained ones first. */
    static List<ParameterSpec> weights(Node layer) {
        return Stream.concat(
                        layer.parameters().stream().filter(ParameterSpec::isTrainable),
                        layer.parameters().stream().filter(parameter -> !parameter.isTrainable()))
                .toList();
    }

    /** The format's form of what Keras 3 has as {@code compile_config}. */
    static Map<String, Object> trainingConfig(Map<String, Object> compileConfig) {
        return renamed(compileConfig, OPTIMIZER_OF_KERAS_3, OPTIMIZER_CONFIG);
    }

    /** The reverse of {@link #trainingConfig}. */
    static Map<String, Object> compileConfig(Map<String, Object> trainingConfig) {
        return renamed(trainingConfig, OPTIMIZER_CONFIG, OPTIMIZER_OF_KERAS_3);
    }

    private static Map<String, Object> renamed(Map<String, Object> config, String from, String to) {
        Map<String, Object> renamed = new LinkedHashMap<>(config);
        renamed.put(to, renamed.remove(from));
        return renamed;
    }
}
