package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.training.StatefulLayers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a functional model together: each layer reads the layers that its {@code inputs} name, or the one before it;
 * {@code {call: {layer: NAME, name: NEW, inputs: ...}}} applies an earlier layer once more.
 */
final class GraphReader {
    static final String INPUTS = "inputs";

    private static final String INPUT = "input";
    private static final String CALL = "call";

    private final Map<String, SymbolicTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final List<SymbolicTensor> inputs = new ArrayList<>();
    private SymbolicTensor last;

    private GraphReader() {}

    /**
     * Makes the model.
     *
     * @param outputs names of layers; null for the last layer
     * @throws CoveyException a caller's error when names or shapes do not fit
     */
    static Model read(String name, List<Named> written, List<String> outputs) {
        GraphReader reader = new GraphReader();
        for (int i = 0; i < written.size(); i++) {
            reader.add(i, written.get(i));
        }
        List<SymbolicTensor> ends = outputs == null
                ? List.of(reader.last)
                : outputs.stream().map(reader::tensor).toList();
        return Model.functional(name, reader.inputs, ends);
    }

    /** Checks a layer's arguments alone. */
    static Object make(String name, Map<String, Object> arguments) {
        return switch (name) {
            case INPUT -> LayerTypes.create("InputLayer", arguments);
            case CALL -> arguments;
            default -> layer(name, arguments);
        };
    }

    /** Makes a layer that a job can train. */
    static Layer layer(String name, Map<String, Object> arguments) {
        Layer layer = LayerTypes.create(name, arguments);
        if (layer.statefulSize() > 0) {
            throw layer.arguments().error("stateful", StatefulLayers.NOT_ON_CLUSTER);
        }
        return layer;
    }

    private void add(int number, Named entry) {
        Map<String, Object> arguments = new LinkedHashMap<>(entry.arguments());
        Object read = arguments.remove(INPUTS);
        String name = String.valueOf(arguments.getOrDefault("name", entry.name() + "_" + number));
        SymbolicTensor made;
        if (entry.name().equals(INPUT)) {
            InputLayer input = (InputLayer) LayerTypes.create("InputLayer", arguments);
            made = SymbolicTensor.input(input.name(), input.shape(), input.batchSize());
            inputs.add(made);
        } else {
            Layer layer = entry.name().equals(CALL)
                    ? layer(String.valueOf(arguments.get("layer")))
                    : LayerTypes.create(entry.name(), arguments);
            layers.put(name, layer);
            made = layer.apply(sources(read).toArray(SymbolicTensor[]::new));
        }
        if (tensors.put(name, made) != null) {
            throw CoveyException.caller("two layers are named " + name);
        }
        last = made;
    }

    private List<SymbolicTensor> sources(Object read) {
        if (read == null) {
            if (last == null) {
                throw CoveyException.caller(
                        "the first layer must be an input, as in {input: {name: a, shape: [28, 28]}}");
            }
            return List.of(last);
        }
        List<?> names = read instanceof List<?> list ? list : List.of(read);
        return names.stream().map(name -> tensor(String.valueOf(name))).toList();
    }

    private SymbolicTensor tensor(String name) {
        SymbolicTensor found = tensors.get(name);
        if (found == null) {
            throw CoveyException.caller(
                    "there is no layer " + name + " before it is used" + NearestName.advice(name, tensors.keySet()));
        }
        return found;
    }

    private Layer layer(String name) {
        Layer found = layers.get(name);
        if (found == null) {
            throw CoveyException.caller(
                    "there is no layer " + name + " to call again" + NearestName.advice(name, layers.keySet()));
        }
        return found;
    }
}
