package io.covey.trainer.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.attention.AttentionLayer;
import io.covey.trainer.layers.core.InputLayer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what Keras' {@code model.to_json()} writes, of Keras 2 and 3. */
public final class KerasJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TENSOR_ARGUMENTS =
            List.of("inputs", "sequences", "query", "value", "key", "initial_state");
    private static final String CAUSAL = AttentionLayer.CAUSAL;
    private static final String FUNCTIONAL = "Functional";
    private static final String MASK = "mask";
    /** Place of the arguments by name in a Keras 2 reference. */
    private static final int NAMED = 3;

    private KerasJson() {}

    /**
     * Reads a model.
     *
     * @throws CoveyException a caller's error when the text is no JSON of a Sequential or functional model, or uses a layer or
     *     an argument that does not exist
     */
    public static Model read(String json) {
        try {
            return read(JSON.readValue(json, new TypeReference<Map<String, Object>>() {}));
        } catch (JsonProcessingException e) {
            throw CoveyException.caller("the model is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (ClassCastException | IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
            // What is not as Keras writes it, in any of its many places.
            throw CoveyException.caller(
                    "the model is JSON, but not of a model as Keras writes it: " + e.getMessage(), e);
        }
    }

    private static Model read(Map<String, Object> root) {
        NamedConfig config = NamedConfig.of("model", root);
        return switch (config.name()) {
            case "Sequential" -> sequential(config.arguments());
            case FUNCTIONAL, "Model" -> functional(config.arguments());
            default ->
                throw CoveyException.caller(
                        "the model's class is " + config.name() + ", known are Sequential and Functional");
        };
    }

    static Model sequential(Map<String, Object> config) {
        List<Layer> layers = maps(config.get("layers")).stream()
                .map(written -> LayerTypes.read("layer", written))
                .toList();
        return Model.sequential(String.valueOf(config.get("name")), layers);
    }

    static Model functional(Map<String, Object> config) {
        Map<String, List<List<SymbolicTensor>>> made = new LinkedHashMap<>();
        List<Pending> pending = new ArrayList<>();
        Set<String> shifted = new HashSet<>();
        for (Map<String, Object> written : maps(config.get("layers"))) {
            String name = String.valueOf(written.get("name"));
            if (KerasOperations.isOperation(written)) {
                continue; // What computes masks; layers make their own here. Any other reader will miss it.
            }
            Layer layer = withCallArguments(LayerTypes.read("layer", written), written);
            if (layer instanceof InputLayer input) {
                made.put(name, List.of(List.of(SymbolicTensor.input(name, input.shape(), input.batchSize()))));
            } else {
                // Keras 2 counts a model's own graph as the first of its calls wherever it refers to one.
                boolean countsOwn = layer instanceof ModelLayer && !isOfKeras3(written);
                made.put(name, new ArrayList<>(countsOwn ? List.of(List.of()) : List.of()));
                if (layer instanceof ModelLayer
                        && isOfKeras3(written)
                        && layer.className().equals(FUNCTIONAL)) {
                    shifted.add(name);
                }
                pending.add(new Pending(name, layer, calls(written.get("inbound_nodes"))));
            }
        }
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Pending each : pending) {
                progress |= each.advance(made);
            }
        }
        pending.stream().filter(each -> !each.isDone()).findFirst().ifPresent(each -> {
            throw CoveyException.caller(
                    "layer " + each.name + " has inputs that no layer makes: operations of Keras can"
                            + " only make masks, use layers in their place");
        });
        // Keras' order of layers counts the operations that compute masks, which the graph here does not have.
        boolean masked = pending.stream().anyMatch(each -> each.layer.makesMask());
        return Model.functional(
                        String.valueOf(config.get("name")),
                        tensors(config.get("input_layers"), made, shifted),
                        tensors(config.get("output_layers"), made, shifted),
                        masked ? List.copyOf(made.keySet()) : List.of())
                .withOperations(KerasOperations.rows(maps(config.get("layers"))));
    }

    /** Whether calls are as Keras 3 writes them, in HDF5 files too, where the rest of the text looks like Keras 2's. */
    private static boolean isOfKeras3(Map<String, Object> written) {
        return ((List<?>) written.get("inbound_nodes")).stream().anyMatch(Map.class::isInstance);
    }

    /** What Keras has as arguments of a call are a layer's here. */
    private static Layer withCallArguments(Layer layer, Map<String, Object> written) {
        Set<Object> causal = new HashSet<>();
        for (Object node : written.get("inbound_nodes") instanceof List<?> nodes ? nodes : List.of()) {
            if (node instanceof Map<?, ?> call && call.get("kwargs") instanceof Map<?, ?> named) {
                causal.add(Boolean.TRUE.equals(named.get(CAUSAL)));
                if (Boolean.TRUE.equals(named.get("return_attention_scores"))) {
                    throw CoveyException.caller("layer " + written.get("name")
                            + " is called with return_attention_scores, only the output can be had");
                }
            }
        }
        if (causal.size() > 1) {
            throw CoveyException.caller("layer " + written.get("name") + " is called with " + CAUSAL
                    + " and without: use a layer for each");
        }
        return causal.contains(true) ? layer.copy(layer.arguments().with(CAUSAL, true)) : layer;
    }

    /** A layer whose calls wait for their inputs. */
    private static final class Pending {
        private final String name;
        private final Layer layer;
        private final List<List<Reference>> calls;
        private int done;

        Pending(String name, Layer layer, List<List<Reference>> calls) {
            this.name = name;
            this.layer = layer;
            this.calls = calls;
        }

        boolean isDone() {
            return done == calls.size();
        }

        boolean advance(Map<String, List<List<SymbolicTensor>>> made) {
            boolean progress = false;
            while (!isDone() && calls.get(done).stream().allMatch(each -> each.isIn(made))) {
                SymbolicTensor[] inputs =
                        calls.get(done).stream().map(each -> each.in(made)).toArray(SymbolicTensor[]::new);
                made.get(name).add(layer.call(inputs));
                done++;
                progress = true;
            }
            return progress;
        }
    }

    /** A tensor by the layer that makes it, the number of the layer's call, and the number of the call's output. */
    private record Reference(String layer, int call, int output) {
        static Reference of(List<?> history) {
            return new Reference(
                    String.valueOf(history.get(0)),
                    ((Number) history.get(1)).intValue(),
                    ((Number) history.get(2)).intValue());
        }

        boolean isIn(Map<String, List<List<SymbolicTensor>>> made) {
            return made.getOrDefault(layer, List.of()).size() > call;
        }

        SymbolicTensor in(Map<String, List<List<SymbolicTensor>>> made) {
            if (!isIn(made)) {
                throw CoveyException.caller(
                        "the model refers to call " + call + " of layer " + layer + ", which it does not have");
            }
            return made.get(layer).get(call).get(output);
        }
    }

    private static List<List<Reference>> calls(Object inboundNodes) {
        List<List<Reference>> calls = new ArrayList<>();
        for (Object node : (List<?>) inboundNodes) {
            List<Reference> references = new ArrayList<>();
            if (node instanceof Map<?, ?> call) {
                collect(call.get("args"), references);
                collectNamed((Map<?, ?>) call.get("kwargs"), references);
            } else {
                collect(node, references);
            }
            calls.add(references);
        }
        return calls;
    }

    /** Keras 3 writes tensors as objects with a history, Keras 2 as lists that begin with it; both in nested lists. */
    private static void collect(Object written, List<Reference> references) {
        if (written instanceof Map<?, ?> map) {
            if (map.get("config") instanceof Map<?, ?> config
                    && config.get("keras_history") instanceof List<?> history) {
                references.add(Reference.of(history));
            }
        } else if (written instanceof List<?> list) {
            if (isHistory(list)) {
                references.add(Reference.of(list));
                if (list.size() > NAMED && list.get(NAMED) instanceof Map<?, ?> named) {
                    collectNamed(named, references);
                }
            } else {
                list.forEach(each -> collect(each, references));
            }
        }
    }

    /** Tensors that are passed by name; a layer's inputs are in this order. */
    private static void collectNamed(Map<?, ?> named, List<Reference> references) {
        if (named == null) {
            return;
        }
        for (String name : TENSOR_ARGUMENTS) {
            collect(named.get(name), references);
        }
        for (Map.Entry<?, ?> each : named.entrySet()) {
            List<Reference> others = new ArrayList<>();
            collect(each.getValue(), others);
            if (!others.isEmpty() && !TENSOR_ARGUMENTS.contains(each.getKey()) && !MASK.equals(each.getKey())) {
                throw CoveyException.caller("a layer is called with a tensor as " + each.getKey()
                        + ", by name only these can be passed: " + TENSOR_ARGUMENTS);
            }
        }
    }

    private static boolean isHistory(List<?> list) {
        return list.size() >= 3 && list.get(0) instanceof String && list.get(1) instanceof Number;
    }

    /**
     * The tensors that a model's configuration names.
     *
     * @param shifted functional models among the layers: here, and only here, Keras 3 too counts their own graph as a call
     */
    private static List<SymbolicTensor> tensors(
            Object written, Map<String, List<List<SymbolicTensor>>> made, Set<String> shifted) {
        List<Reference> references = new ArrayList<>();
        collect(written, references);
        return references.stream()
                .map(each ->
                        shifted.contains(each.layer) ? new Reference(each.layer, each.call - 1, each.output) : each)
                .map(each -> each.in(made))
                .toList();
    }

    private static List<Map<String, Object>> maps(Object list) {
        return JSON.convertValue(list, new TypeReference<List<Map<String, Object>>>() {});
    }
}
