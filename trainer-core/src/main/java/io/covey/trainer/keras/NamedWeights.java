package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.preprocessing.Normalization;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights in Keras' older format, HDF5 of Keras 1 to 3: a group for each layer, which lists the names of its weights, trained
 * ones first.
 */
record NamedWeights(Hdf5File file, String root) implements StoredWeights {
    @Override
    public void read(Model model, NativeFloats target) {
        List<Node> nodes = model.nodes().stream()
                .filter(node -> !node.parameters().isEmpty())
                .toList();
        List<String> names = layersFor(model, nodes);
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            String group = root + "/" + names.get(i);
            List<String> weights = weightNames(names.get(i));
            List<ParameterSpec> parameters = LegacyFormat.weights(node);
            if (weights.size() != parameters.size()) {
                throw CoveyException.caller(file.name() + " has " + weights.size() + " weights of layer " + names.get(i)
                        + ", the model's " + node.name() + " has " + parameters.size()
                        + ": the file is of another model");
            }
            for (int k = 0; k < weights.size(); k++) {
                ParameterSpec parameter = parameters.get(k);
                target.put(
                        parameter.offset(),
                        file.floats(group + "/" + weights.get(k), parameter.path(), parameter.shape()));
            }
        }
    }

    /** The stored layers for those of the model: by their names if all are there, else in their order, as in Keras. */
    private List<String> layersFor(Model model, List<Node> nodes) {
        List<String> stored = new ArrayList<>();
        for (String name : file.texts(root, LegacyFormat.LAYER_NAMES)) {
            boolean isConstant = model.nodes().stream()
                    .anyMatch(node -> node.name().equals(name) && node.layer() instanceof Normalization);
            if (!isConstant && !weightNames(name).isEmpty()) {
                stored.add(name);
            }
        }
        if (stored.size() != nodes.size()) {
            throw CoveyException.caller(file.name() + " has weights of " + stored.size() + " layers, " + stored
                    + ", the model has " + nodes.size() + ", "
                    + nodes.stream().map(Node::name).toList() + ": the file is of another model");
        }
        Map<String, Node> byName = new LinkedHashMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        return byName.keySet().containsAll(stored) ? List.copyOf(byName.keySet()) : stored;
    }

    /** The names of a layer's weights; the states of random numbers, which some versions of Keras list too, left out. */
    private List<String> weightNames(String layer) {
        List<String> names = file.texts(root + "/" + layer, LegacyFormat.WEIGHT_NAMES);
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> !name.contains("seed_generator") && !name.contains("StateVar"))
                        .toList();
    }

    @Override
    public List<float[]> ofLayer(String group, String name) {
        return weightNames(name).stream()
                .map(weight -> file.floats(root + "/" + name + "/" + weight, weight))
                .toList();
    }
}
