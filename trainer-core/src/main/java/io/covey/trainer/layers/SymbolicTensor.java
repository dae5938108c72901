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

    private SymbolicTensor(LayerCall source, String inputName, List<Integer> shape) {
        this.source = source;
        this.inputName = inputName;
        this.shape = List.copyOf(shape);
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
        return new SymbolicTensor(null, name, shape);
    }

    static SymbolicTensor outputOf(LayerCall call, List<Integer> shape) {
        return new SymbolicTensor(call, null, shape);
    }

    /** Shape of one sample. */
    public List<Integer> shape() {
        return shape;
    }

    /** The call that makes it; null for an input. */
    public LayerCall source() {
        return source;
    }

    /** An input's name; null for Keras' automatic name. */
    public String inputName() {
        return inputName;
    }
}
