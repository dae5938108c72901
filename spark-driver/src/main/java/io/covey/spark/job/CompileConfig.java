package io.covey.spark.job;

import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Keras' compile.
 *
 * @param optimizer how weights follow gradients
 * @param losses one for each output
 * @param lossWeights factors of the losses in the sum, or empty for 1
 * @param metrics of one output: each element is one; of several: one element for each output
 * @param weightedMetrics as {@code metrics}, computed with sample weights
 */
public record CompileConfig(
        Named optimizer,
        List<Named> losses,
        List<Double> lossWeights,
        List<List<Named>> metrics,
        List<List<Named>> weightedMetrics)
        implements Serializable {
    public CompileConfig {
        losses = List.copyOf(losses);
        lossWeights = List.copyOf(lossWeights);
        metrics = List.copyOf(metrics);
        weightedMetrics = List.copyOf(weightedMetrics);
    }

    /** The optimizer. */
    public Optimizer toOptimizer() {
        return Optimizers.of(optimizer.name(), optimizer.arguments());
    }

    /**
     * Losses and metrics for a model.
     *
     * @throws CoveyException a caller's error when their number is not that of the model's outputs
     */
    public CompileOptions toOptions(Model model, Map<Integer, Float> classWeights) {
        int outputs = model.outputs().size();
        requireCount("loss", losses.size(), outputs);
        if (!lossWeights.isEmpty()) {
            requireCount("loss_weights", lossWeights.size(), outputs);
        }
        List<OutputOptions> options = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            Loss loss = Losses.of(losses.get(i).name(), losses.get(i).arguments());
            options.add(new OutputOptions(
                    loss,
                    lossWeights.isEmpty() ? 1 : lossWeights.get(i),
                    metricsOf("metrics", metrics, i, outputs),
                    metricsOf("weighted_metrics", weightedMetrics, i, outputs)));
        }
        return new CompileOptions(options, classWeights);
    }

    private static List<Metric> metricsOf(String key, List<List<Named>> all, int output, int outputs) {
        if (all.isEmpty()) {
            return List.of();
        }
        if (outputs > 1) {
            requireCount(key, all.size(), outputs);
        }
        List<Named> own = outputs > 1
                ? all.get(output)
                : all.stream().flatMap(List::stream).toList();
        return own.stream()
                .map(named -> Metrics.of(named.name(), named.arguments()))
                .toList();
    }

    private static void requireCount(String key, int found, int outputs) {
        if (found != outputs) {
            throw CoveyException.caller(
                    key + " has " + found + " elements, the model has " + Counted.of(outputs, "output"));
        }
    }
}
