package io.covey.trainer.layers.activations;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Softmax over one axis, or over neighbouring ones taken together. */
public final class Softmax extends Layer {
    private static final long serialVersionUID = 1L;

    private final int[] axis;

    /** Reads Keras' arguments. */
    public Softmax(Arguments arguments) {
        super(arguments);
        axis = arguments.integers("axis", -1, -1);
        if (axis.length == 0) {
            throw arguments.error("axis", "names no axis");
        }
    }

    public Softmax(int axis) {
        this(Arguments.of("Softmax", Map.of("axis", axis)));
    }

    @Override
    public Softmax copy(Arguments newArguments) {
        return new Softmax(newArguments);
    }

    /**
     * The axes in ascending order, counted with the batch axis.
     *
     * @param axes of the input, the batch axis included
     */
    public int[] axes(int axes) {
        int[] sorted = Arrays.stream(axis)
                .map(each -> each < 0 ? each + axes : each)
                .sorted()
                .distinct()
                .toArray();
        if (sorted[0] < 1 || sorted[sorted.length - 1] >= axes || sorted.length != axis.length) {
            throw error("axis is " + Arrays.toString(axis) + ", expected different axes of the " + axes
                    + " but not the batch's");
        }
        return sorted;
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }
}
