package io.covey.trainer.objective;

import io.covey.trainer.losses.Loss;
import io.covey.trainer.metrics.Metric;
import java.io.Serializable;
import java.util.List;

/**
 * What is minimised and measured at one output of a model.
 *
 * @param loss null for an output without one
 * @param lossWeight factor of the loss in the sum that is minimised
 * @param metrics computed without sample weights
 * @param weightedMetrics computed with sample weights
 */
public record OutputOptions(Loss loss, double lossWeight, List<Metric> metrics, List<Metric> weightedMetrics)
        implements Serializable {
    public OutputOptions {
        metrics = List.copyOf(metrics);
        weightedMetrics = List.copyOf(weightedMetrics);
    }

    /** A loss of weight 1 without metrics; null for an output without one. */
    public static OutputOptions of(Loss loss) {
        return new OutputOptions(loss, 1, List.of(), List.of());
    }

    /** The same with Keras' {@code loss_weights} for this output. */
    public OutputOptions lossWeight(double newLossWeight) {
        return new OutputOptions(loss, newLossWeight, metrics, weightedMetrics);
    }

    /** The same with these metrics. */
    public OutputOptions metrics(Metric... newMetrics) {
        return new OutputOptions(loss, lossWeight, List.of(newMetrics), weightedMetrics);
    }

    /** The same with Keras' {@code weighted_metrics}. */
    public OutputOptions weightedMetrics(Metric... newWeightedMetrics) {
        return new OutputOptions(loss, lossWeight, metrics, List.of(newWeightedMetrics));
    }
}
