package io.covey.trainer.metrics;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.TargetShapes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Makes the metrics of intersection over union. */
final class IoUFactory {
    private static final int BINARY_CLASSES = 2;

    private IoUFactory() {}

    /** {@code BinaryIoU}: class 1 from {@code threshold} on. */
    static MetricFactory binary() {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = elements(TargetShapes.dense(owner, trueShape, predShape));
            return new IoUMetric(
                    layout,
                    new IoUMetric.Settings(
                            BINARY_CLASSES,
                            targets(arguments, BINARY_CLASSES),
                            -1,
                            IoUMetric.Source.LABEL,
                            IoUMetric.Source.THRESHOLD,
                            (float) arguments.real("threshold"),
                            wholeWeights(arguments)));
        };
    }

    /** The others. Without {@code sparse_y_true} targets are one-hot. */
    static MetricFactory classes() {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            if (arguments.integer("axis") != -1) {
                throw arguments.wrong("axis", "-1, the only one with which Keras' IoU metrics have a result");
            }
            boolean sparseTrue = arguments.has("sparse_y_true") && arguments.flag("sparse_y_true");
            boolean sparsePred = arguments.flag("sparse_y_pred");
            int classes = arguments.atLeast("num_classes", 1);
            return new IoUMetric(
                    layout(owner, sparseTrue, sparsePred, trueShape, predShape),
                    new IoUMetric.Settings(
                            classes,
                            targets(arguments, classes),
                            arguments.optionalInteger("ignore_class").orElse(-1),
                            sparseTrue ? IoUMetric.Source.LABEL : IoUMetric.Source.LARGEST,
                            sparsePred ? IoUMetric.Source.LABEL : IoUMetric.Source.LARGEST,
                            Float.NaN,
                            wholeWeights(arguments)));
        };
    }

    private static TargetLayout layout(
            String owner, boolean sparseTrue, boolean sparsePred, int[] trueShape, int[] predShape) {
        if (sparseTrue == sparsePred) {
            TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
            return sparseTrue ? elements(layout) : layout;
        }
        if (sparseTrue) {
            return TargetShapes.sparse(owner, trueShape, predShape);
        }
        TargetLayout swapped = TargetShapes.sparse(owner, predShape, trueShape);
        return new TargetLayout(swapped.positionsPerRow(), swapped.width(), swapped.trueWidth());
    }

    /** Every element is a position. */
    private static TargetLayout elements(TargetLayout layout) {
        return new TargetLayout(layout.positionsPerRow() * layout.width(), 1, 1);
    }

    private static List<Integer> targets(Arguments arguments, int classes) {
        if (!arguments.values().containsKey("target_class_ids")) {
            return IntStream.range(0, classes).boxed().toList();
        }
        double[] ids = arguments
                .optionalReals("target_class_ids")
                .orElseThrow(() -> arguments.wrong("target_class_ids", "a list of classes"));
        if (!Arrays.stream(ids).allMatch(id -> id >= 0 && id < classes && id == Math.rint(id))) {
            throw arguments.wrong("target_class_ids", "classes from 0 to " + (classes - 1));
        }
        return Arrays.stream(ids).mapToObj(id -> (int) id).toList();
    }

    /** Keras' type of these metrics is an integer unless another is asked for. */
    private static boolean wholeWeights(Arguments arguments) {
        return arguments.text("dtype", "int").startsWith("int");
    }
}
