package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.model.Model;
import java.util.List;
import java.util.Locale;

/** The section {@code model}: Keras' layers with Keras' arguments. */
final class ModelSchema {
    /**
     * A layer as the file gives it.
     *
     * @param inputShape null when the layer does not say
     */
    private record Entry(Layer layer, List<Integer> inputShape) {
        private Dense dense() {
            return (Dense) layer;
        }
    }

    private static final ListType<Integer> SHAPE = new ListType<>(ScalarTypes.integer(1), 1, "[28, 28]");
    private static final String SEQUENTIAL_DEFAULT = "sequential";

    private static final ScalarType<Initializer> INITIALIZER = ScalarTypes.choice(
            "glorot_uniform, zeros",
            name -> name.equals("zeros") ? new Initializer.Zeros() : new Initializer.GlorotUniform(),
            Initializer::name,
            "glorot_uniform",
            "zeros");

    private static final Key<Entry, String> LAYER_NAME = Key.derived(
            "name",
            ScalarTypes.NAME,
            e -> e.layer().name(),
            "numbered as in Keras",
            "name of the layer, unique in the model");
    private static final Key<Entry, List<Integer>> LAYER_INPUT_SHAPE = Key.derived(
            "input_shape", SHAPE, Entry::inputShape, "`model.input_shape`", "shape of one sample; first layer only");
    private static final Key<Entry, Integer> UNITS =
            Key.required("units", ScalarTypes.integer(1), e -> e.dense().units(), "size of the output");
    private static final Key<Entry, Activation> ACTIVATION = Key.optional(
            "activation",
            ScalarTypes.constant(Activation.class),
            e -> e.dense().activation(),
            Activation.LINEAR,
            "applied to the output; softmax in the last layer only");
    private static final Key<Entry, Boolean> USE_BIAS =
            Key.optional("use_bias", ScalarTypes.BOOLEAN, e -> e.dense().useBias(), true, "whether a bias is added");
    private static final Key<Entry, Initializer> KERNEL_INITIALIZER = Key.optional(
            "kernel_initializer",
            INITIALIZER,
            e -> e.dense().kernelInitializer(),
            new Initializer.GlorotUniform(),
            "first values of the kernel");
    private static final Key<Entry, Initializer> BIAS_INITIALIZER = Key.optional(
            "bias_initializer",
            INITIALIZER,
            e -> e.dense().biasInitializer(),
            new Initializer.Zeros(),
            "first values of the bias");

    private static final Variant<Entry> LAYER = new Variant<>(
            "layer",
            e -> e.layer().className().toLowerCase(Locale.ROOT),
            List.of(
                    new Variant.Kind<>(
                            "flatten",
                            new Section<>(
                                    v -> new Entry(new Flatten(v.get(LAYER_NAME)), v.get(LAYER_INPUT_SHAPE)),
                                    List.of(LAYER_NAME, LAYER_INPUT_SHAPE)),
                            "reshapes each sample to one axis"),
                    new Variant.Kind<>(
                            "dense",
                            new Section<>(
                                    ModelSchema::dense,
                                    List.of(
                                            LAYER_NAME,
                                            UNITS,
                                            ACTIVATION,
                                            USE_BIAS,
                                            KERNEL_INITIALIZER,
                                            BIAS_INITIALIZER,
                                            LAYER_INPUT_SHAPE)),
                            "activation(input @ kernel + bias)")));

    private static final Key<Model, String> NAME = Key.optional(
                    "name", ScalarTypes.NAME, Model::name, SEQUENTIAL_DEFAULT, "name of the model")
            .changeable();
    private static final Key<Model, List<Integer>> INPUT_SHAPE = Key.derived(
            "input_shape",
            SHAPE,
            Model::inputShape,
            "first layer's `input_shape`",
            "shape of one sample, without the batch axis");
    private static final Key<Model, List<Entry>> SEQUENTIAL = Key.required(
            "sequential",
            new ListType<>(LAYER, 1, "[flatten, {dense: {units: 10}}]"),
            model -> model.nodes().stream()
                    .map(node -> new Entry(node.layer(), null))
                    .toList(),
            "the layers, first to last");

    static final Section<Model> MODEL = new Section<>(ModelSchema::model, List.of(NAME, INPUT_SHAPE, SEQUENTIAL));

    private ModelSchema() {}

    /** Path of layer {@code index}, counted from 0, below the section model. */
    static String layerPath(int index, Layer layer) {
        return "sequential." + index + "." + layer.className().toLowerCase(Locale.ROOT);
    }

    private static Entry dense(Values v) {
        Dense dense = new Dense(
                v.get(LAYER_NAME),
                v.get(UNITS),
                v.get(ACTIVATION),
                v.get(USE_BIAS),
                v.get(KERNEL_INITIALIZER),
                v.get(BIAS_INITIALIZER));
        return new Entry(dense, v.get(LAYER_INPUT_SHAPE));
    }

    private static Model model(Values v) {
        List<Entry> entries = v.get(SEQUENTIAL);
        List<Integer> inputShape = inputShape(v, entries);
        if (inputShape == null || !fits(v, entries, inputShape)) {
            return null;
        }
        try {
            return Model.sequential(
                    v.get(NAME), inputShape, entries.stream().map(Entry::layer).toList());
        } catch (CoveyException e) {
            v.problem(SEQUENTIAL, e.getMessage());
            return null;
        }
    }

    private static List<Integer> inputShape(Values v, List<Entry> entries) {
        List<Integer> ofModel = v.get(INPUT_SHAPE);
        List<Integer> ofLayer = entries.get(0).inputShape();
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).inputShape() != null) {
                v.problem(
                        layerPath(i, entries.get(i).layer()) + ".input_shape",
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

    /** Checks the layers one after the other, so that a problem names its layer. */
    private static boolean fits(Values v, List<Entry> entries, List<Integer> inputShape) {
        List<Integer> shape = inputShape;
        long weights = 0;
        boolean fits = true;
        for (int i = 0; i < entries.size(); i++) {
            Layer layer = entries.get(i).layer();
            if (i < entries.size() - 1 && layer instanceof Dense dense && dense.activation() == Activation.SOFTMAX) {
                v.problem(layerPath(i, layer) + ".activation", "softmax must be in the last layer");
                fits = false;
            }
            try {
                List<Integer> output = layer.outputShape(shape);
                for (Layer.Weight weight : layer.weights(shape)) {
                    long size = weight.shape().stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
                    weights = Math.addExact(weights, size);
                }
                shape = output;
            } catch (CoveyException e) {
                v.problem(layerPath(i, layer), e.getMessage());
                return false;
            } catch (ArithmeticException e) {
                v.problem(layerPath(i, layer), "has more weights or outputs than can be counted");
                return false;
            }
        }
        return fits;
    }
}
