package io.covey.trainer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.attention.AttentionLayer;
import io.covey.trainer.layers.attention.ProjectedAttention;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.layers.rnn.Bidirectional;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ModelLayer;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model as Keras 3's {@code to_json()} writes it, for {@code keras.models.model_from_json}. */
public final class ModelJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper SORTED =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
    static final String COMPILE_CONFIG = "compile_config";

    private static final String NAME = "name";
    private static final String FLOAT32 = "float32";

    private ModelJson() {}

    /** The architecture: layers with the arguments that they were given, and how they are connected. */
    public static String of(Model model) {
        return text(model(model, model.name(), true));
    }

    /** The same with all arguments sorted by name, which makes it one text for equal models in every process. */
    public static String sorted(Model model) {
        return text(SORTED, model(model, model.name(), true));
    }

    /** The same with how it was compiled. */
    static String of(Model model, Map<String, Object> compileConfig) {
        Map<String, Object> config = model(model, model.name(), true);
        config.put(COMPILE_CONFIG, compileConfig);
        return text(config);
    }

    /** A configuration, or a part of one. */
    static String text(Map<String, Object> config) {
        return text(JSON, config);
    }

    private static String text(ObjectMapper mapper, Map<String, Object> config) {
        try {
            return mapper.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("arguments of layers are values that JSON has", e);
        }
    }

    /** A model, alone or as a layer of another. */
    static Map<String, Object> model(Model model, String name, boolean trainable) {
        boolean isStack = model.kind() == Model.Kind.SEQUENTIAL;
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(NAME, name == null ? model.name() : name);
        config.put("trainable", trainable);
        if (isStack) {
            config.put("layers", model.nodes().stream().map(ModelJson::layer).toList());
        } else {
            Map<Value, Origin> origins = origins(model);
            List<Map<String, Object>> layers = new ArrayList<>();
            for (Node node : model.nodes()) {
                Map<String, Object> layer = layer(node);
                layer.put(NAME, node.name());
                layer.put("inbound_nodes", inboundNodes(node, origins, model.batchSize()));
                layers.add(layer);
            }
            config.put("layers", layers);
            config.put("input_layers", references(model.inputs(), origins));
            config.put("output_layers", references(model.outputs(), origins));
        }
        return KerasConfig.object(
                isStack ? "keras" : "keras.src.models.functional", model.kind().className(), config);
    }

    private static Map<String, Object> layer(Node node) {
        if (node.layer() instanceof InputLayer input) {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("batch_shape", withBatch(input.batchSize(), input.shape()));
            config.put("dtype", FLOAT32);
            config.put("sparse", false);
            config.put(NAME, node.name());
            return KerasConfig.object("keras.layers", "InputLayer", config);
        }
        return KerasConfig.layer(node.layer(), node.name());
    }

    /** @param batchSize 0 for any */
    private static List<Integer> withBatch(int batchSize, List<Integer> shape) {
        List<Integer> sizes = new ArrayList<>();
        sizes.add(batchSize == 0 ? null : batchSize);
        sizes.addAll(shape);
        return sizes;
    }

    /** What makes a tensor: a layer, which of its calls, which of the call's outputs. */
    private record Origin(Layer layer, String name, int call, int output) {
        /** In the list of a model's outputs, and only there, Keras counts a functional model's own graph as its first call. */
        List<Object> inOutputs() {
            boolean countsOwn =
                    layer instanceof ModelLayer inner && inner.model().kind() == Model.Kind.FUNCTIONAL;
            return List.of(name, countsOwn ? call + 1 : call, output);
        }
    }

    private static Map<Value, Origin> origins(Model model) {
        Map<Value, Origin> origins = new HashMap<>();
        for (Node node : model.nodes()) {
            for (int call = 0; call < node.calls().size(); call++) {
                List<Value> outputs = node.calls().get(call).outputs();
                for (int output = 0; output < outputs.size(); output++) {
                    origins.put(outputs.get(output), new Origin(node.layer(), node.name(), call, output));
                }
            }
        }
        return origins;
    }

    private static List<Object> references(List<Value> values, Map<Value, Origin> origins) {
        return values.stream()
                .<Object>map(value -> origins.get(value).inOutputs())
                .toList();
    }

    private static List<Object> inboundNodes(Node node, Map<Value, Origin> origins, int batchSize) {
        List<Object> calls = new ArrayList<>();
        if (!(node.layer() instanceof InputLayer)) {
            for (Node.Call call : node.calls()) {
                List<Object> tensors = call.inputs().stream()
                        .map(value -> tensor(value, origins.get(value), batchSize))
                        .toList();
                calls.add(call(node.layer(), tensors));
            }
        }
        return calls;
    }

    private static Map<String, Object> call(Layer layer, List<Object> tensors) {
        boolean isRecurrent = layer instanceof RecurrentLayer || layer instanceof Bidirectional;
        if (isRecurrent && tensors.size() > 1) {
            return Map.of(
                    "args",
                    List.of(tensors.get(0)),
                    "kwargs",
                    Map.of("initial_state", tensors.subList(1, tensors.size())));
        }
        boolean isSpread = tensors.size() == 1 || layer instanceof ProjectedAttention;
        boolean isCausal = layer instanceof AttentionLayer attention && attention.isCausal();
        return Map.of(
                "args",
                isSpread ? tensors : List.of(tensors),
                "kwargs",
                isCausal ? Map.of(AttentionLayer.CAUSAL, true) : Map.of());
    }

    private static Object tensor(Value value, Origin origin, int batchSize) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("shape", withBatch(batchSize, value.shape()));
        config.put("dtype", FLOAT32);
        config.put("keras_history", List.of(origin.name(), origin.call(), origin.output()));
        return Map.of("class_name", "__keras_tensor__", "config", config);
    }
}
