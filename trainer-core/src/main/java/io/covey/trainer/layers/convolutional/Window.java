package io.covey.trainer.layers.convolutional;

import io.covey.trainer.config.Arguments;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A window that slides over the spatial axes of its input.
 *
 * @param size in cells of each axis
 * @param strides steps of each axis
 * @param dilation distance of neighbouring cells on each axis, 1 for none
 * @param padding what happens at the border
 */
public record Window(List<Integer> size, List<Integer> strides, List<Integer> dilation, Padding padding)
        implements Serializable {
    /** Reads integers of at least 1, one per axis or one for all; {@code defaultValue} null if they must be given. */
    public static List<Integer> perAxis(Arguments arguments, String name, int rank, Integer defaultValue) {
        if (defaultValue == null && arguments.raw(name, null) == null) {
            throw arguments.error(name, "is missing, it must be an integer or a list of " + rank);
        }
        int[] defaults = new int[rank];
        Arrays.fill(defaults, defaultValue == null ? 0 : defaultValue);
        int[] values = arguments.integers(name, rank, defaults);
        for (int value : values) {
            if (value < 1) {
                throw arguments.error(name, "is " + Arrays.toString(values) + ", every number must be at least 1");
            }
        }
        return Arrays.stream(values).boxed().toList();
    }

    /** Number of spatial axes. */
    public int rank() {
        return size.size();
    }

    /** Input cells from the window's first to its last on {@code axis}. */
    public int extent(int axis) {
        return (size.get(axis) - 1) * dilation.get(axis) + 1;
    }

    /** Positions of the window on {@code axis}; below 1 when it does not fit. */
    public int outputSize(int axis, int input) {
        int stride = strides.get(axis);
        return padding == Padding.VALID
                ? Math.floorDiv(input - extent(axis), stride) + 1
                : Math.floorDiv(input + stride - 1, stride);
    }

    /** Zeros before the input on {@code axis}. */
    public int before(int axis, int input) {
        return switch (padding) {
            case VALID -> 0;
            case SAME -> total(axis, input) / 2;
            case CAUSAL -> extent(axis) - 1;
        };
    }

    /** Zeros after the input on {@code axis}. */
    public int after(int axis, int input) {
        return padding == Padding.SAME ? total(axis, input) - total(axis, input) / 2 : 0;
    }

    private int total(int axis, int input) {
        return Math.max((outputSize(axis, input) - 1) * strides.get(axis) + extent(axis) - input, 0);
    }
}
