package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import java.util.Map;

/** Has later layers leave out the time steps all of whose features equal a value, and sets those to zero. */
public final class Masking extends Layer {
    private static final long serialVersionUID = 1L;

    private final double maskValue;

    /** Reads Keras' arguments: {@code mask_value}. */
    public Masking(Arguments arguments) {
        super(arguments);
        maskValue = arguments.real("mask_value", 0);
    }

    public Masking(double maskValue) {
        this(Arguments.of("Masking", Map.of("mask_value", maskValue)));
    }

    @Override
    public Masking copy(Arguments newArguments) {
        return new Masking(newArguments);
    }

    @Override
    public boolean makesMask() {
        return true;
    }

    /** What the features of a time step without data equal. */
    public float maskValue() {
        return (float) maskValue;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        if (input.isEmpty()) {
            throw error("takes at least one axis per sample, its input has none");
        }
        return input;
    }
}
