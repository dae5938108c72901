package io.covey.trainer.keras;

import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a whole model in HDF5, Keras' legacy format, as Keras 3 writes it: {@link NamedWeights} reads the weights. */
final class LegacyModelWriter {
    private final Hdf5Writer file;
    private final Model model;

    LegacyModelWriter(Hdf5Writer file, Model model) {
        this.file = file;
        this.model = model;
    }

    /** @param weights the flat vector that the model's layout describes */
    void writeModel(NativeFloats weights) {
        writeVersions("");
        file.text("", LegacyFormat.MODEL_CONFIG, ModelJson.of(model));
        writeVersions(LegacyFormat.WEIGHTS);
        List<Node> layers = model.kind() == Model.Kind.SEQUENTIAL
                ? model.nodes().stream()
                        .filter(node -> !(node.layer() instanceof InputLayer))
                        .toList()
                : model.nodes();
        file.texts(
                LegacyFormat.WEIGHTS,
                LegacyFormat.LAYER_NAMES,
                layers.stream().map(Node::name).toList());
        for (Node layer : layers) {
            writeLayer(LegacyFormat.WEIGHTS + "/" + layer.name(), LegacyFormat.weights(layer), weights);
        }
        writeLayer(LegacyFormat.WEIGHTS + "/top_level_model_weights", List.of(), weights);
    }

    private void writeVersions(String group) {
        file.text(group, "keras_version", KerasFileWriter.VERSION);
        file.text(group, "backend", "tensorflow");
    }

    private void writeLayer(String group, List<ParameterSpec> parameters, NativeFloats weights) {
        List<String> names = unique(parameters.stream().map(model::weightPath).toList());
        file.texts(group, LegacyFormat.WEIGHT_NAMES, names);
        for (int i = 0; i < names.size(); i++) {
            ParameterSpec parameter = parameters.get(i);
            file.floats(group + "/" + names.get(i), parameter.shape(), weights, parameter.offset());
        }
    }

    /** Writes how the model is compiled and what the optimizer remembers. */
    void writeTraining(Map<String, Object> compileConfig, OptimizerVariables optimizer, OptimizerState state) {
        file.text("", LegacyFormat.TRAINING_CONFIG, ModelJson.text(LegacyFormat.trainingConfig(compileConfig)));
        List<String> names = unique(optimizer.names());
        file.texts(LegacyFormat.OPTIMIZER, LegacyFormat.WEIGHT_NAMES, names);
        List<String> paths =
                names.stream().map(name -> LegacyFormat.OPTIMIZER + "/" + name).toList();
        optimizer.write(file, paths, state);
    }

    /** Readers go by the order of the names, but two arrays cannot have the same. */
    private static List<String> unique(List<String> names) {
        Set<String> taken = new HashSet<>();
        List<String> unique = new ArrayList<>();
        for (String name : names) {
            String free = name;
            for (int copy = 1; !taken.add(free); copy++) {
                free = name + "_" + copy;
            }
            unique.add(free);
        }
        return unique;
    }
}
