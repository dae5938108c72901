package io.covey.spark.job;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.trainer.CoveyException;
import io.covey.trainer.keras.KerasFile;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.training.StatefulLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The section {@code model}: Keras' layers with Keras' arguments, or a file of Keras'. */
final class ModelSchema {
    private static final ListType<Integer> SHAPE = new ListType<>(ScalarTypes.integer(1), 1, "[28, 28]");
    private static final String LAYERS_EXAMPLE = "[flatten, {dense: {units: 10}}]";

    private static final Key<ModelConfig, String> NAME = Key.derived(
                    "name", ScalarTypes.NAME, ModelConfig::name, "sequential or functional", "name of the model")
            .changeable();
    private static final Key<ModelConfig, List<Integer>> INPUT_SHAPE = Key.derived(
            "input_shape",
            SHAPE,
            ModelConfig::inputShape,
            "first layer's `input_shape`",
            "shape of one sample, without the batch axis");
    private static final Key<ModelConfig, List<Named>> SEQUENTIAL = Key.derived(
            "sequential",
            new ListType<>(new NamedType("layer", Set.of(), Set.of(), GraphReader::layer), 1, LAYERS_EXAMPLE),
            ModelConfig::sequential,
            "none",
            "a stack of layers, first to last: any of Keras' with its arguments");
    private static final Key<ModelConfig, List<Named>> FUNCTIONAL = Key.derived(
            "functional",
            new ListType<>(
                    new NamedType("layer", Set.of(GraphReader.INPUTS), Set.of(), GraphReader::make), 1, LAYERS_EXAMPLE),
            ModelConfig::functional,
            "none",
            "a graph of layers: `input: {name, shape}` first; each reads those that its `inputs` names, or the one before");
    private static final Key<ModelConfig, List<String>> OUTPUTS = Key.derived(
            "outputs",
            new ListType<>(ScalarTypes.NAME, 1, "[out]"),
            ModelConfig::outputs,
            "the last layer",
            "names of the layers whose outputs are the graph's");
    private static final Key<ModelConfig, String> FILE = Key.derived(
            "file",
            new PathType(),
            ModelConfig::file,
            "none",
            "what Keras saved, in place of layers: a model (`.keras`, `.h5`), whose weights training starts from, or its `to_json()`;"
                    + " a resume needs it with the same model");

    static final Section<ModelConfig> MODEL =
            new Section<>(ModelSchema::model, List.of(NAME, INPUT_SHAPE, SEQUENTIAL, FUNCTIONAL, OUTPUTS, FILE));

    private ModelSchema() {}

    private static ModelConfig model(Values v) {
        long ways = List.of(SEQUENTIAL, FUNCTIONAL, FILE).stream()
                .filter(key -> v.get(key) != null)
                .count();
        if (ways != 1) {
            v.problem(
                    SEQUENTIAL,
                    ways == 0
                            ? "is missing, it is required unless there is a functional or a file"
                            : "is given beside another: a model has one of sequential, functional and file");
            return null;
        }
        if (v.get(OUTPUTS) != null && v.get(FUNCTIONAL) == null) {
            v.problem(OUTPUTS, "belongs to functional: other models have the outputs of their own");
            return null;
        }
        if (v.get(INPUT_SHAPE) != null && v.get(SEQUENTIAL) == null) {
            v.problem(INPUT_SHAPE, "belongs to sequential: in other models the input layers say it");
            return null;
        }
        Key<?, ?> way = v.get(SEQUENTIAL) != null ? SEQUENTIAL : v.get(FUNCTIONAL) != null ? FUNCTIONAL : FILE;
        try {
            Model model = v.get(SEQUENTIAL) != null
                    ? sequential(v)
                    : v.get(FUNCTIONAL) != null
                            ? GraphReader.read(v.get(NAME, "functional"), v.get(FUNCTIONAL), v.get(OUTPUTS))
                            : saved(v.get(FILE));
            return model == null
                    ? null
                    : new ModelConfig(
                            model.name(),
                            v.get(INPUT_SHAPE),
                            v.get(SEQUENTIAL),
                            v.get(FUNCTIONAL),
                            v.get(OUTPUTS),
                            v.get(FILE),
                            model);
        } catch (CoveyException e) {
            v.problem(way, e.getMessage());
        } catch (ArithmeticException e) {
            v.problem(way, "has more weights or outputs than can be counted");
        }
        return null;
    }

    private static Model saved(String path) {
        try (KerasFile file = KerasFile.open(new HadoopFileStore(), path)) {
            Model model = file.model();
            if (model.statefulSize() > 0) {
                throw CoveyException.caller("stateful " + StatefulLayers.NOT_ON_CLUSTER);
            }
            return model;
        }
    }

    private static Model sequential(Values v) {
        List<Named> entries = v.get(SEQUENTIAL);
        List<Layer> layers = new ArrayList<>();
        for (Named entry : entries) {
            layers.add(LayerTypes.create(entry.name(), entry.arguments()));
        }
        List<Integer> inputShape = inputShape(v, entries, layers);
        if (inputShape == null || !fits(v, entries, layers, inputShape)) {
            return null;
        }
        layers.removeIf(InputLayer.class::isInstance);
        return Model.sequential(v.get(NAME, "sequential"), inputShape, layers);
    }

    private static List<Integer> inputShape(Values v, List<Named> entries, List<Layer> layers) {
        List<Integer> ofModel = v.get(INPUT_SHAPE);
        Object written = entries.get(0).arguments().get("input_shape");
        List<Integer> ofLayer = layers.get(0) instanceof InputLayer input ? input.shape() : sizes(written);
        if (written != null && ofLayer == null) {
            v.problem(
                    layerPath(0, entries.get(0)) + ".input_shape",
                    "is " + written + ", wanted a list of whole numbers of at least 1 like [28, 28]");
            return null;
        }
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).arguments().containsKey("input_shape")) {
                v.problem(
                        layerPath(i, entries.get(i)) + ".input_shape",
                        "only the first layer has one; the others take their predecessor's output");
            }
        }
        if (ofModel == null && ofLayer == null) {
            v.problem(SEQUENTIAL, "the first layer needs an input_shape, for example {input_shape: [28, 28]}");
            return null;
        }
        if (ofModel != null && ofLayer != null && !ofModel.equals(ofLayer)) {
            v.problem(INPUT_SHAPE, "is " + ofModel + ", the first layer's is " + ofLayer + "; give one of them");
            return null;
        }
        return ofModel == null ? ofLayer : ofModel;
    }

    /** A layer's {@code input_shape} as sizes; null when it is none. */
    private static List<Integer> sizes(Object shape) {
        List<Integer> sizes = new ArrayList<>();
        if (shape instanceof List<?> list) {
            for (Object size : list) {
                if (size instanceof Integer number && number >= 1) {
                    sizes.add(number);
                }
            }
        }
        boolean valid = shape instanceof List<?> list && !list.isEmpty() && sizes.size() == list.size();
        return valid ? sizes : null;
    }

    /** Checks the layers one after the other, so that a problem names its layer. */
    private static boolean fits(Values v, List<Named> entries, List<Layer> layers, List<Integer> inputShape) {
        List<Integer> shape = inputShape;
        long weights = 0;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            if (layer instanceof InputLayer) {
                continue;
            }
            try {
                List<List<Integer>> shapes = List.of(shape);
                shape = layer.outputShape(shapes);
                for (var weight : layer.weights(shapes)) {
                    long size = weight.shape().stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
                    weights = Math.addExact(weights, size);
                }
            } catch (CoveyException e) {
                v.problem(layerPath(i, entries.get(i)), e.getMessage());
                return false;
            } catch (ArithmeticException e) {
                v.problem(layerPath(i, entries.get(i)), "has more weights or outputs than can be counted");
                return false;
            }
        }
        if (weights == 0) {
            v.problem(SEQUENTIAL, "has no weights: there is nothing to train");
        }
        return weights > 0;
    }

    /** Path of layer {@code index}, counted from 0, below the section model. */
    private static String layerPath(int index, Named layer) {
        return "sequential." + index + "." + layer.name();
    }
}
