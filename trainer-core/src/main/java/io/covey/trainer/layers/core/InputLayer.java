package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** A model's input, which Keras counts as a layer. */
public final class InputLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private final List<Integer> shape;

    /** Reads Keras' arguments: {@code shape}, or {@code batch_shape} with the batch axis. */
    public InputLayer(Arguments arguments) {
        super(arguments, List.of("float32", "float64", "int32", "int64", "uint8"));
        for (String name : List.of("sparse", "ragged", "optional")) {
            if (arguments.flag(name, false)) {
                throw arguments.error(name, "is true, every sample must give all numbers of an input's shape");
            }
        }
        if (arguments.raw("input_tensor", null) != null) {
            throw arguments.error("input_tensor", "is given, an input can only be a new one: leave it out");
        }
        // Of no effect, as in Keras' fit, which takes batches of any size.
        if (arguments.raw("batch_size", null) != null) {
            arguments.positive("batch_size", 1);
        }
        Object withBatch = arguments.raw("batch_shape", arguments.raw("batch_input_shape", null));
        Object given = withBatch instanceof List<?> list && !list.isEmpty()
                ? list.subList(1, list.size())
                : arguments.raw("shape", null);
        if (!(given instanceof List<?> sizes)) {
            throw arguments.error("shape", "is " + given + ", expected a list with the size of each axis");
        }
        shape = sizes.stream().map(size -> size(arguments, size)).toList();
    }

    public InputLayer(String name, List<Integer> shape) {
        this(named(name, shape));
    }

    /**
     * Shape of one sample as the first layer of a Sequential says it: {@code input_shape}, {@code input_dim} for a vector, or
     * {@code batch_input_shape} with the batch axis.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when the layer has neither
     */
    public static List<Integer> shapeOf(Layer first) {
        Arguments arguments = Arguments.of(
                "the first layer, " + first.className(), first.arguments().given());
        Object withBatch = arguments.raw("batch_input_shape", null);
        // An Embedding's input_dim is the number of its rows.
        Object length = first instanceof Embedding ? null : arguments.raw("input_dim", null);
        Object shape = arguments.raw("input_shape", length == null ? null : List.of(length));
        if (withBatch == null && shape == null) {
            throw arguments.error(
                    "input_shape", "is missing: the model needs the shape of a sample, for example [28, 28]");
        }
        return new InputLayer(Arguments.of(
                        "InputLayer", withBatch == null ? Map.of("shape", shape) : Map.of("batch_shape", withBatch)))
                .shape();
    }

    private static Arguments named(String name, List<Integer> shape) {
        Arguments arguments = Arguments.of("InputLayer", Map.of("shape", shape));
        return name == null ? arguments : arguments.with("name", name);
    }

    private static int size(Arguments arguments, Object size) {
        if (size instanceof Integer number && number >= 1) {
            return number;
        }
        throw arguments.error(
                "shape", "has an axis of size " + size + ", every axis but the batch needs a size of at least 1");
    }

    @Override
    public InputLayer copy(Arguments newArguments) {
        return new InputLayer(newArguments);
    }

    /** Shape of one sample. */
    public List<Integer> shape() {
        return shape;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return shape;
    }
}
