package io.covey.trainer.objective;

import io.covey.trainer.losses.Loss;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.metrics.Metric;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keras' {@code compile} without the optimizer.
 *
 * @param outputs in the order of the model's outputs
 * @param classWeights factor of a sample's weight by its class, Keras' {@code class_weight}; empty for none
 */
public record CompileOptions(List<OutputOptions> outputs, Map<Integer, Float> classWeights) implements Serializable {
    public CompileOptions {
        outputs = List.copyOf(outputs);
        classWeights = new TreeMap<>(classWeights);
    }

    /** One output. */
    public static CompileOptions of(Loss loss, Metric... metrics) {
        return of(OutputOptions.of(loss).metrics(metrics));
    }

    /** An element for each output of the model, in their order. */
    public static CompileOptions of(OutputOptions... outputs) {
        return new CompileOptions(List.of(outputs), Map.of());
    }

    /** Which results are better, by the names of metrics: where outputs share a name, what the last one says. */
    public Map<String, Direction> metricDirections() {
        Map<String, Direction> directions = new TreeMap<>();
        outputs.stream()
                .flatMap(output -> Stream.concat(output.metrics().stream(), output.weightedMetrics().stream()))
                .filter(metric -> metric.direction() != Direction.NONE)
                .forEach(metric -> directions.put(metric.name(), metric.direction()));
        return directions;
    }

    /** These options with class weights. */
    public CompileOptions withClassWeights(Map<Integer, Float> weights) {
        return new CompileOptions(outputs, weights);
    }
}
