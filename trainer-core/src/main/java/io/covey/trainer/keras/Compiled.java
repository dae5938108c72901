package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How a model was compiled, which Keras keeps in {@code .keras} files under {@code compile_config}, in {@code .h5} files under {@code
 * training_config}.
 *
 * @param optimizer how weights follow gradients
 * @param options losses and metrics
 */
public record Compiled(Optimizer optimizer, CompileOptions options) {
    private static final String LOSS = "loss";

    /** What Keras 2 makes of a function that is given as a metric. */
    private static final String WRAPPER_OF_KERAS_2 = "MeanMetricWrapper";

    /**
     * Reads Keras' form.
     *
     * @throws CoveyException a caller's error for what Covey does not have, and for what does not fit the model's outputs
     */
    static Compiled of(Map<?, ?> config, Model model) {
        NamedConfig optimizer = NamedConfig.of("optimizer", config.get("optimizer"));
        int outputs = model.outputs().size();
        List<OutputOptions> options = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            Object loss = ofOutput(LOSS, config, i, model);
            Object weight = ofOutput("loss_weights", config, i, model);
            options.add(new OutputOptions(
                    loss == null ? null : loss(loss),
                    weight instanceof Number number ? number.doubleValue() : 1,
                    metrics("metrics", config, i, model),
                    metrics("weighted_metrics", config, i, model)));
        }
        CompileOptions compile = new CompileOptions(options, Map.of());
        new StateLayout(model, compile);
        return new Compiled(Optimizers.of(optimizer.name(), optimizer.arguments()), compile);
    }

    private static Loss loss(Object written) {
        NamedConfig loss = NamedConfig.of(LOSS, written);
        return Losses.of(loss.name(), loss.arguments());
    }

    private static List<Metric> metrics(String key, Map<?, ?> config, int output, Model model) {
        // One output's metrics are a list, those of several are a list of lists.
        boolean isOwn = model.outputs().size() == 1 && config.get(key) instanceof List<?>;
        Object own = isOwn ? config.get(key) : ofOutput(key, config, output, model);
        if (own == null) {
            return List.of();
        }
        List<Metric> metrics = new ArrayList<>();
        for (Object each : own instanceof List<?> list ? list : List.of(own)) {
            if (each instanceof List<?> nested) {
                nested.forEach(metric -> metrics.add(metric(metric)));
            } else {
                metrics.add(metric(each));
            }
        }
        return metrics;
    }

    private static Metric metric(Object written) {
        NamedConfig metric = NamedConfig.of("metric", written);
        if (metric.name().equals(WRAPPER_OF_KERAS_2)) {
            String function = String.valueOf(metric.arguments().get("fn"));
            return Metrics.of(function, Map.of("name", metric.arguments().getOrDefault("name", function)));
        }
        boolean isObject = written instanceof Map<?, ?> map && map.get("config") instanceof Map<?, ?>;
        return isObject ? Metrics.ofClass(metric.name(), metric.arguments()) : Metrics.of(metric.name());
    }

    /** One output's element of what is given for all, by place, by name, or once for all of them. */
    private static Object ofOutput(String key, Map<?, ?> config, int output, Model model) {
        Object all = config.get(key);
        List<String> names = IntStream.range(0, model.outputs().size())
                .mapToObj(model::outputName)
                .toList();
        if (all instanceof List<?> list) {
            // Keras takes the first loss for an only output, and leaves outputs at the end without one.
            boolean isShort = list.size() < names.size() && !key.equals(LOSS);
            if (names.size() > 1 && (isShort || list.size() > names.size())) {
                throw CoveyException.caller(key + " is a list of " + list.size()
                        + ", it must have an element for each of the model's outputs " + names);
            }
            return output < list.size() ? list.get(output) : null;
        }
        boolean byName = all instanceof Map<?, ?> map && !map.containsKey("class_name");
        if (byName && !names.containsAll(((Map<?, ?>) all).keySet())) {
            throw CoveyException.caller(
                    key + " names the outputs " + ((Map<?, ?>) all).keySet() + ", the model's are " + names);
        }
        return byName ? ((Map<?, ?>) all).get(names.get(output)) : all;
    }
}
