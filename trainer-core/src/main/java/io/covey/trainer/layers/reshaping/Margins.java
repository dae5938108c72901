package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import java.util.List;

/** Keras' forms of what is added or cut at both ends of some axes. */
final class Margins {
    private Margins() {}

    /**
     * Reads a number, a number per axis, or a pair per axis; for one axis a number or a pair.
     *
     * @param defaultMargin Keras' default, for both ends of all axes
     * @return before and after, per axis
     */
    static int[][] read(Arguments arguments, String name, int axes, int defaultMargin) {
        Object written = arguments.raw(name, defaultMargin);
        List<?> perAxis = axes == 1 || !(written instanceof List<?> list) ? null : list;
        if (perAxis != null && perAxis.size() != axes) {
            throw arguments.error(name, "is " + written + ", expected a number or a list of " + axes);
        }
        int[][] margins = new int[axes][];
        for (int axis = 0; axis < axes; axis++) {
            margins[axis] = pair(arguments, name, perAxis == null ? written : perAxis.get(axis));
        }
        return margins;
    }

    private static int[] pair(Arguments arguments, String name, Object written) {
        if (written instanceof List<?> list && list.size() == 2) {
            return new int[] {number(arguments, name, list.get(0)), number(arguments, name, list.get(1))};
        }
        int both = number(arguments, name, written);
        return new int[] {both, both};
    }

    private static int number(Arguments arguments, String name, Object written) {
        if (written instanceof Integer number && number >= 0) {
            return number;
        }
        throw arguments.error(name, "has " + written + ", expected integers of at least 0");
    }
}
