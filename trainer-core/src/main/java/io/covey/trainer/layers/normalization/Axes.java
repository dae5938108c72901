package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.List;

/** The axes of a layer's argument {@code axis}, which counts the batch axis as 0 and from the last one backward as -1. */
final class Axes {
    private Axes() {}

    /** Reads one axis, or a list of them. */
    static List<Integer> argument(Arguments arguments) {
        int[] values = arguments.integers("axis", -1, -1);
        if (values.length == 0) {
            throw arguments.error("axis", "is empty, name at least one axis");
        }
        return Arrays.stream(values).boxed().toList();
    }

    /** Reads one axis; Keras 2 writes it as a list. */
    static int single(Arguments arguments) {
        List<Integer> axes = argument(arguments);
        if (axes.size() != 1) {
            throw arguments.error("axis", "is " + axes + ", expected one axis");
        }
        return axes.get(0);
    }

    /**
     * Numbers of axes in a sample's shape, in rising order.
     *
     * @param inputShape without the batch axis
     */
    static List<Integer> inSample(Arguments arguments, List<Integer> axes, List<Integer> inputShape) {
        int rank = inputShape.size() + 1;
        List<Integer> found = axes.stream()
                .map(axis -> axis < 0 ? axis + rank : axis)
                .distinct()
                .sorted()
                .map(axis -> axis - 1)
                .toList();
        if (found.get(0) < 0 || found.get(found.size() - 1) >= rank - 1 || found.size() != axes.size()) {
            throw arguments.error(
                    "axis",
                    "is " + axes + ", it must name different axes of the input, from 1 to " + (rank - 1)
                            + " or from " + (1 - rank) + " to -1; the input has shape " + inputShape
                            + " without the batch axis 0");
        }
        return found;
    }
}
