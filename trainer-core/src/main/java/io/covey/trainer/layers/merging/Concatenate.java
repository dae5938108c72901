package io.covey.trainer.layers.merging;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins tensors along an axis, by default the last. */
public final class Concatenate extends Layer {
    private static final long serialVersionUID = 1L;

    private final int axis;

    /** Reads Keras' arguments. */
    public Concatenate(Arguments arguments) {
        super(arguments);
        axis = arguments.integer("axis", -1);
    }

    public Concatenate(int axis) {
        this(Arguments.of("Concatenate", Map.of("axis", axis)));
    }

    @Override
    public Concatenate copy(Arguments newArguments) {
        return new Concatenate(newArguments);
    }

    /**
     * The axis, counted without the batch axis.
     *
     * @param axes of one sample
     */
    public int axis(int axes) {
        int index = axis < 0 ? axis + axes : axis - 1;
        if (index < 0 || index >= axes) {
            throw error("axis is " + axis + ", its inputs have axes 1 to " + axes + " beside the batch");
        }
        return index;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> output = new ArrayList<>(inputShapes.get(0));
        int index = axis(output.size());
        for (List<Integer> shape : inputShapes.subList(1, inputShapes.size())) {
            List<Integer> expected = new ArrayList<>(output);
            if (shape.size() == output.size()) {
                expected.set(index, shape.get(index));
            }
            if (!expected.equals(shape)) {
                throw error("its inputs may differ in axis " + axis + " only, they have shapes " + inputShapes);
            }
            output.set(index, output.get(index) + shape.get(index));
        }
        return output;
    }
}
