package io.covey.trainer.layers;

import java.util.List;

/**
 * The place of a tensor in a functional model, as Keras' KerasTensor: an input, or an output of a layer's call. Compared by
 * identity.
 */
public final class SymbolicTensor {
    private final LayerCall source;
    private final String inputName;
    private final List<Integer> shape;
    private final int batchSize;

    private SymbolicTensor(LayerCall source, String inputName, List<Integer> shape, int batchSize) {
        this.source = source;
        this.inputName = inputName;
        this.shape = List.copyOf(shape);
        this.batchSize = batchSize;
    }

    /** A model's input, as Keras' {@code Input(shape)}. */
    public static SymbolicTensor input(Integer... shape) {
        return input(null, List.of(shape));
    }

    /**
     * A model's input with a name.
     *
     * @param name null for Keras' automatic name
     * @param shape of one sample
     */
    public static SymbolicTensor input(String name, List<Integer> shape) {
        return input(name, shape, 0);
    }

    /**
     * The same for batches of one size, which stateful layers need.
     *
     * @param batchSize samples in every batch; 0 for any number
     */
    public static SymbolicTensor input(String name, List<Integer> shape, int batchSize) {
        return new SymbolicTensor(null, name, shape, batchSize);
    }

    static SymbolicTensor outputOf(LayerCall call, List<Integer> shape) {
        return new SymbolicTensor(call, null, shape, 0);
    }

    /** Shape of one sample. */
    public List<Integer> shape() {
        return shape;
    }

    /** The call that makes it; null for an input. */
    public LayerCall source() {
        return source;
    }

    /** Samples in every batch of an input; 0 where it takes any number. */
    public int batchSize() {
        return batchSize;
    }

    /** An input's name; null for Keras' automatic name. */
    public String inputName() {
        return inputName;
    }
}
