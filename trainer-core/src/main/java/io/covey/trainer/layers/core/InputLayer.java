package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model's input, which Keras counts as a layer. */
public final class InputLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private static final String BATCH_SIZE = "batch_size";
    private static final String BATCH_SHAPE = "batch_shape";

    private final List<Integer> shape;
    private final int batchSize;

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
        int besides = arguments.raw(BATCH_SIZE, null) == null ? 0 : arguments.positive(BATCH_SIZE);
        Object withBatch = arguments.raw(BATCH_SHAPE, arguments.raw("batch_input_shape", null));
        Object given = withBatch instanceof List<?> list && !list.isEmpty()
                ? list.subList(1, list.size())
                : arguments.raw("shape", null);
        if (!(given instanceof List<?> sizes)) {
            throw arguments.error("shape", "is " + given + ", expected a list with the size of each axis");
        }
        shape = sizes.stream().map(size -> size(arguments, size)).toList();
        Object first = withBatch instanceof List<?> list && !list.isEmpty() ? list.get(0) : null;
        if (first != null && !(first instanceof Integer number && number >= 1)) {
            throw arguments.error(
                    BATCH_SHAPE, "begins with " + first + ", expected null or a batch size of at least 1");
        }
        batchSize = first == null ? besides : (Integer) first;
    }

    public InputLayer(String name, List<Integer> shape) {
        this(named(name, shape));
    }

    /**
     * The input that the first layer of a Sequential describes: by {@code input_shape}, {@code input_dim} for a vector, or {@code
     * batch_input_shape} with the batch axis.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when the layer has neither
     */
    public static InputLayer of(Layer first) {
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
                "InputLayer", withBatch == null ? Map.of("shape", shape) : Map.of(BATCH_SHAPE, withBatch)));
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

    /** The same input with batches of one size, which stateful layers need. */
    public InputLayer batchSize(int size) {
        List<Object> withBatch = new ArrayList<>(shape);
        withBatch.add(0, size);
        return copy(arguments().with(BATCH_SHAPE, withBatch));
    }

    /** Samples in every batch, if it says so; else 0. */
    public int batchSize() {
        return batchSize;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return shape;
    }
}
