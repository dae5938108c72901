package io.covey.trainer.metrics;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.LossFunction;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.ReducedAxes;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.TargetShapes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Makes a metric function for arguments and shapes. */
@FunctionalInterface
interface MetricFactory {
    /**
     * @param owner the metric's name, for messages
     * @param arguments Keras' arguments
     * @param trueShape shape of one sample's targets
     * @param predShape shape of one sample's predictions
     * @param maxRows most samples of one update
     */
    MetricFunction make(String owner, Arguments arguments, int[] trueShape, int[] predShape, int maxRows);

    /** The mean of a loss; arguments that the loss has are passed on. */
    static MetricFactory ofLoss(String lossName) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            Loss loss = loss(lossName, arguments);
            return new MeanMetric(
                    loss.check(trueShape, predShape), loss.newFunction(trueShape, predShape), mean -> mean, maxRows);
        };
    }

    private static Loss loss(String lossName, Arguments arguments) {
        return Losses.of(lossName, lossConfig(lossName, arguments));
    }

    /** Those of a metric's arguments that a loss has. */
    static Map<String, Object> lossConfig(String lossName, Arguments arguments) {
        Map<String, Object> config = new LinkedHashMap<>(arguments.values());
        config.keySet().retainAll(Losses.of(lossName).config().keySet());
        return config;
    }

    /** The square root of the mean of a loss. */
    static MetricFactory ofRootOfLoss(String lossName) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            Loss loss = Losses.of(lossName);
            return new MeanMetric(
                    loss.check(trueShape, predShape), loss.newFunction(trueShape, predShape), Math::sqrt, maxRows);
        };
    }

    /** Minus the mean of the cosine loss. */
    static MetricFactory ofCosine() {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            Loss loss = loss("cosine_similarity", arguments);
            return new MeanMetric(
                    loss.check(trueShape, predShape), loss.newFunction(trueShape, predShape), mean -> -mean, maxRows);
        };
    }

    /** The mean of a value of positions whose targets have the predictions' shape. */
    static MetricFactory dense(Function<Arguments, PositionValue> values) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
            return new MeanMetric(layout, values.apply(arguments), mean -> mean, maxRows);
        };
    }

    /** As {@link #dense}, over the argument {@code axis}. */
    static MetricFactory overAxis(PositionValue value) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            int axis = arguments.integer("axis");
            if (axis == -1) {
                return dense(a -> value).make(owner, arguments, trueShape, predShape, maxRows);
            }
            ReducedAxes axes = ReducedAxes.of(owner, new double[] {axis}, predShape);
            return new MeanMetric(axes.layout(owner, trueShape), axes.over(value), mean -> mean, maxRows);
        };
    }

    /** The mean of a value of positions with integer labels. */
    static MetricFactory sparse(Function<Arguments, PositionValue> values) {
        return (owner, arguments, trueShape, predShape, maxRows) -> {
            TargetLayout layout = TargetShapes.sparse(owner, trueShape, predShape);
            return new MeanMetric(layout, values.apply(arguments), mean -> mean, maxRows);
        };
    }

    /** The mean of the predictions. */
    static MetricFactory ofPredictions() {
        LossFunction predictions = (PositionValue) (yTrue, t, trueWidth, yPred, p, width) -> {
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += yPred[p + i];
            }
            return sum / width;
        };
        return (owner, arguments, trueShape, predShape, maxRows) ->
                new MeanMetric(TargetShapes.dense(owner, predShape, predShape), predictions, mean -> mean, maxRows);
    }

    /** The sum of the predictions. */
    static MetricFactory ofSum() {
        return (owner, arguments, trueShape, predShape, maxRows) ->
                new SumMetric(TargetShapes.dense(owner, predShape, predShape));
    }

    /** F-beta score; beta is 1 where there is no such argument. */
    static MetricFactory ofFBeta() {
        return (owner, arguments, trueShape, predShape, maxRows) -> new FBetaMetric(
                classes(owner, trueShape, predShape),
                Choice.of(arguments, "average", FBetaMetric.Average.class, FBetaMetric.Average.NONE),
                arguments.has("beta") ? arguments.real("beta", Double.NaN, Double.MIN_VALUE, Double.MAX_VALUE) : 1,
                !arguments.has("threshold")
                        ? Float.NaN
                        : (float) arguments.real("threshold", Double.NaN, Double.MIN_VALUE, 1));
    }

    /** Coefficient of determination. */
    static MetricFactory ofR2() {
        return (owner, arguments, trueShape, predShape, maxRows) -> new R2Metric(
                classes(owner, trueShape, predShape),
                Choice.of(arguments, "class_aggregation", R2Metric.Average.class, R2Metric.Average.NONE),
                arguments.atLeast("num_regressors", 0));
    }

    /** The layout of (rows, classes). */
    private static TargetLayout classes(String owner, int[] trueShape, int[] predShape) {
        TargetLayout layout = TargetShapes.dense(owner, trueShape, predShape);
        if (predShape.length > 1 || layout.positionsPerRow() != 1) {
            throw CoveyException.caller(
                    owner + " takes one vector per sample, y_pred of shape (batch_size, output_dim), not "
                            + Arrays.toString(predShape) + " per sample");
        }
        return layout;
    }
}
