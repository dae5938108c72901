package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The axes of a sample over which a loss or metric sums; every index of the other axes is a position. Immutable, of one shape.
 */
public final class ReducedAxes {
    private final int[] shape;
    private final int[] order;
    private final int width;

    private ReducedAxes(int[] shape, int[] order, int width) {
        this.shape = shape;
        this.order = order;
        this.width = width;
    }

    /**
     * @param owner the loss or metric, for messages
     * @param axes Keras' numbers, in which 0 is the axis of the batch and -1 the last one
     * @param shape of one sample
     * @throws CoveyException a caller's error for an axis that does not exist, or that of the batch
     */
    public static ReducedAxes of(String owner, double[] axes, int[] shape) {
        int rank = shape.length + 1;
        TreeSet<Integer> reduced = new TreeSet<>();
        for (double axis : axes) {
            int fromFront = (int) (axis < 0 ? axis + rank : axis);
            if (axis != Math.rint(axis) || fromFront < 1 || fromFront >= rank) {
                throw CoveyException.caller(owner + ": axis is " + axis + ", it must be one of the axes 1 to "
                        + (rank - 1) + " of y_pred, or -1 for the last; axis 0 is the batch, whose samples may be"
                        + " computed apart");
            }
            reduced.add(fromFront - 1);
        }
        int[] axesInOrder = IntStream.concat(
                        IntStream.range(0, shape.length).filter(axis -> !reduced.contains(axis)),
                        reduced.stream().mapToInt(Integer::intValue))
                .toArray();
        int width = reduced.stream().mapToInt(axis -> shape[axis]).reduce(1, Math::multiplyExact);
        return new ReducedAxes(shape.clone(), transposed(shape, axesInOrder), width);
    }

    /** For each number of the transposed sample, in row-major order, its index in the sample. */
    private static int[] transposed(int[] shape, int[] axes) {
        int[] strides = new int[shape.length];
        int size = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = size;
            size *= shape[axis];
        }
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int rest = i;
            for (int k = axes.length - 1; k >= 0; k--) {
                order[i] += rest % shape[axes[k]] * strides[axes[k]];
                rest /= shape[axes[k]];
            }
        }
        return order;
    }

    /**
     * The layout of targets of the predictions' shape, or with one more axis of 1; one number for each sample may have an axis
     * of its own or not.
     *
     * @throws CoveyException a caller's error for targets of another shape
     */
    public TargetLayout layout(String owner, int[] trueShape) {
        boolean oneNumber = trueShape.length + shape.length == 1 && TargetShapes.last(trueShape) == order.length;
        boolean oneMore = trueShape.length == shape.length + 1
                && TargetShapes.last(trueShape) == 1
                && Arrays.equals(Arrays.copyOf(trueShape, shape.length), shape);
        if (!Arrays.equals(trueShape, shape) && !oneMore && !oneNumber) {
            throw TargetShapes.mismatch(owner, trueShape, shape, "with this axis they must have the same shape");
        }
        return new TargetLayout(order.length / Math.max(width, 1), width, width);
    }

    /** {@code function} over these axes instead of the last one. */
    public LossFunction over(LossFunction function) {
        boolean already = IntStream.range(0, order.length).allMatch(i -> order[i] == i);
        return already ? function : new TransposedLoss(function, this);
    }

    /** Copies {@code count} numbers of whole samples, these axes last. */
    void transpose(float[] from, int count, float[] to) {
        for (int i = 0; i < count; i++) {
            to[i] = from[i - i % order.length + order[i % order.length]];
        }
    }

    /** The reverse of {@link #transpose}. */
    void restore(float[] from, int count, float[] to) {
        for (int i = 0; i < count; i++) {
            to[i - i % order.length + order[i % order.length]] = from[i];
        }
    }
}
