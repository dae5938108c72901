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
}
