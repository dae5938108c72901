package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Gives each sample another shape, in C order; one axis may be -1 and follows from the others. */
public final class Reshape extends Layer {
    private static final long serialVersionUID = 1L;

    private final int[] targetShape;

    /** Reads Keras' arguments; {@code target_shape} is required. */
    public Reshape(Arguments arguments) {
        super(arguments);
        if (arguments.raw("target_shape", null) == null) {
            throw arguments.error("target_shape", "is missing, for example [4, -1]");
        }
        targetShape = arguments.integers("target_shape", -1);
        if (Arrays.stream(targetShape).filter(size -> size == -1).count() > 1
                || Arrays.stream(targetShape).anyMatch(size -> size < 1 && size != -1)) {
            throw arguments.error(
                    "target_shape",
                    "is " + Arrays.toString(targetShape) + ", sizes must be at least 1, and one of them may be -1");
        }
    }

    public Reshape(Integer... targetShape) {
        this(Arguments.of("Reshape", Map.of("target_shape", List.of(targetShape))));
    }

    @Override
    public Reshape copy(Arguments newArguments) {
        return new Reshape(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        int size = input.stream().reduce(1, Math::multiplyExact);
        int known = Arrays.stream(targetShape).filter(axis -> axis != -1).reduce(1, Math::multiplyExact);
        List<Integer> output = new ArrayList<>();
        for (int axis : targetShape) {
            output.add(axis == -1 ? size / known : axis);
        }
        if (output.stream().reduce(1, Math::multiplyExact) != size) {
            throw error("target_shape " + Arrays.toString(targetShape) + " does not hold the " + size
                    + " numbers of an input of shape " + input);
        }
        return output;
    }
}
