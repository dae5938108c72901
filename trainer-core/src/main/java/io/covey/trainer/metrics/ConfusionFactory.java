package io.covey.trainer.metrics;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.TargetShapes;
import java.util.Optional;
import java.util.function.Function;

/** Makes the metrics that count by thresholds. */
final class ConfusionFactory {
    private static final double THRESHOLD_DEFAULT = 0.5;

    private ConfusionFactory() {}

    /** A number of each confusion matrix, at {@code thresholds} (1/2 by default). */
    static MetricFactory atThresholds(Function<Confusion, double[]> ofConfusion) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
            ThresholdCounts.Settings settings = settings(arguments, layout);
            double threshold = settings.topK() == 0 ? THRESHOLD_DEFAULT : ThresholdCounts.NEGATIVE_INFINITY;
            double[] thresholds = thresholds(arguments).orElse(new double[] {threshold});
            return new ConfusionMetric(new ThresholdCounts(layout, Thresholds.of(thresholds), settings), ofConfusion);
        };
    }

    private static Optional<double[]> thresholds(Arguments arguments) {
        Optional<double[]> thresholds = arguments.optionalReals("thresholds");
        for (double threshold : thresholds.orElse(new double[0])) {
            if (!(threshold >= 0 && threshold <= 1)) {
                throw arguments.wrong("thresholds", "between 0 and 1");
            }
        }
        return thresholds;
    }

    private static ThresholdCounts.Settings settings(Arguments arguments, TargetLayout layout) {
        int topK = arguments.has("top_k") ? arguments.atLeast("top_k", 1) : 0;
        if (topK > layout.width()) {
            throw arguments.wrong("top_k", "at most " + layout.width() + ", the last axis of y_pred");
        }
        int classId = arguments.has("class_id") ? arguments.atLeast("class_id", 0) : -1;
        if (classId >= layout.width()) {
            throw arguments.wrong("class_id", "one of the " + layout.width() + " classes of y_pred, from 0");
        }
        return new ThresholdCounts.Settings(topK, classId, 1, false);
    }

    /**
     * The best of one number over evenly distributed thresholds where another is at least {@code bound}.
     *
     * @param bound the argument that is the bound
     */
    static MetricFactory best(
            String bound, Function<Confusion, double[]> constrained, Function<Confusion, double[]> dependent) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
            double least = arguments.real(bound, Double.NaN, 0, 1);
            Thresholds thresholds = Thresholds.even(arguments.atLeast("num_thresholds", 1));
            return new ConfusionMetric(
                    new ThresholdCounts(layout, thresholds, settings(arguments, layout)),
                    confusion ->
                            ConfusionMetric.bestWhere(constrained.apply(confusion), least, dependent.apply(confusion)));
        };
    }

    /** Area under a curve. */
    static MetricFactory auc() {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
            boolean multiLabel = arguments.flag("multi_label");
            if (multiLabel && (predShape.length != 1 || layout.positionsPerRow() != 1)) {
                throw CoveyException.caller(
                        owner + ": with multi_label y_pred must have the shape (batch_size, labels)");
            }
            int labels = multiLabel ? layout.width() : 1;
            if (arguments.has("num_labels") && arguments.integer("num_labels") != labels) {
                throw arguments.wrong(
                        "num_labels", multiLabel ? "the last axis of y_pred, " + labels : "absent without multi_label");
            }
            double[] labelWeights = arguments.optionalReals("label_weights").orElse(new double[0]);
            if (labelWeights.length != 0 && labelWeights.length != layout.width()) {
                throw arguments.wrong("label_weights", "one for each of the " + layout.width() + " labels");
            }
            Thresholds thresholds = thresholds(arguments)
                    .map(Thresholds::ofCurve)
                    .orElseGet(() -> Thresholds.ofCurve(arguments.atLeast("num_thresholds", 2)));
            ThresholdCounts.Settings settings =
                    new ThresholdCounts.Settings(0, -1, labels, arguments.flag("from_logits"));
            return new AucMetric(
                    new ThresholdCounts(layout, thresholds, settings, multiLabel ? new double[0] : labelWeights),
                    labels,
                    multiLabel ? labelWeights : new double[0],
                    Choice.of(arguments, "curve", AucMetric.Curve.class, AucMetric.Curve.ROC),
                    Choice.of(
                            arguments,
                            "summation_method",
                            AucMetric.Summation.class,
                            AucMetric.Summation.INTERPOLATION));
        };
    }
}
