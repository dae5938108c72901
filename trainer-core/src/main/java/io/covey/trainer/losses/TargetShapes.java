package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Keras' {@code squeeze_or_expand_to_same_rank}: which shapes of targets and predictions fit. Shapes are those of one sample.
 */
public final class TargetShapes {
    private TargetShapes() {}

    /**
     * Targets of the same shape as the predictions, up to one last axis of length 1.
     *
     * @param owner the loss or metric, for messages
     */
    public static TargetLayout dense(String owner, int[] trueShape, int[] predShape) {
        int[] shape = predShape;
        if (predShape.length == trueShape.length + 1 && last(predShape) == 1) {
            shape = trueShape.length == 0 ? predShape : trueShape;
        } else if (trueShape.length == predShape.length + 1 && last(trueShape) == 1) {
            shape = predShape.length == 0 ? trueShape : predShape;
        } else if (!Arrays.equals(trueShape, predShape)) {
            throw mismatch(owner, trueShape, predShape, "they must have the same shape");
        }
        if (product(trueShape) != product(predShape)) {
            throw mismatch(owner, trueShape, predShape, "they must have the same shape, up to a last axis of 1");
        }
        int width = last(shape);
        return new TargetLayout(product(shape) / Math.max(width, 1), width, width);
    }

    /**
     * Integer labels for the last axis of the predictions: one axis less, or a last axis of 1.
     *
     * @param owner the loss or metric, for messages
     */
    public static TargetLayout sparse(String owner, int[] trueShape, int[] predShape) {
        int width = last(predShape);
        int[] leading = Arrays.copyOf(predShape, Math.max(predShape.length - 1, 0));
        boolean closesWithOne = trueShape.length == predShape.length && trueShape.length > 0 && last(trueShape) == 1;
        int[] labels = closesWithOne ? Arrays.copyOf(trueShape, trueShape.length - 1) : trueShape;
        if (!Arrays.equals(labels, leading)) {
            throw mismatch(
                    owner,
                    trueShape,
                    predShape,
                    "integer labels have one axis less, or a last axis of 1; for one-hot labels use the categorical form");
        }
        return new TargetLayout(product(leading), 1, width);
    }

    static CoveyException mismatch(String owner, int[] trueShape, int[] predShape, String rule) {
        return CoveyException.caller(owner + ": y_true of shape " + text(trueShape) + " does not fit y_pred of shape "
                + text(predShape) + ": " + rule);
    }

    private static String text(int[] shape) {
        return Arrays.stream(shape)
                .mapToObj(axis -> ", " + axis)
                .collect(Collectors.joining("", "(None", shape.length == 0 ? ",)" : ")"));
    }

    static int last(int[] shape) {
        return shape.length == 0 ? 1 : shape[shape.length - 1];
    }

    private static int product(int[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
