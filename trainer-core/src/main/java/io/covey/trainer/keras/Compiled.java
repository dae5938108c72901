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
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a model was compiled, which Keras keeps in {@code .keras} files under {@code compile_config}, in {@code .h5} files under {@code
 * training_config}.
 *
 * @param optimizer how weights follow gradients
 * @param options losses and metrics
 */
public record Compiled(Optimizer optimizer, CompileOptions options) {
    /** What Keras 2 makes of a function that is given as a metric. */
    private static final String WRAPPER_OF_KERAS_2 = "MeanMetricWrapper";

    /**
     * Reads Keras' form.
     *
     * @throws CoveyException a caller's error for what Covey does not have
     */
    static Compiled of(Map<?, ?> config, Model model) {
        NamedConfig optimizer = NamedConfig.of("optimizer", config.get("optimizer"));
        int outputs = model.outputs().size();
        List<OutputOptions> options = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            Object loss = ofOutput(config.get("loss"), i, model);
            Object weight = ofOutput(config.get("loss_weights"), i, model);
            options.add(new OutputOptions(
                    loss == null ? null : loss(loss),
                    weight instanceof Number number ? number.doubleValue() : 1,
                    metrics(config.get("metrics"), i, model),
                    metrics(config.get("weighted_metrics"), i, model)));
        }
        return new Compiled(
                Optimizers.of(optimizer.name(), optimizer.arguments()), new CompileOptions(options, Map.of()));
    }

    private static Loss loss(Object written) {
        NamedConfig loss = NamedConfig.of("loss", written);
        return Losses.of(loss.name(), loss.arguments());
    }

    private static List<Metric> metrics(Object written, int output, Model model) {
        // One output's metrics are a list, those of several are a list of lists.
        boolean isOwn = model.outputs().size() == 1 && written instanceof List<?>;
        Object own = isOwn ? written : ofOutput(written, output, model);
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
    private static Object ofOutput(Object all, int output, Model model) {
        if (all instanceof List<?> list) {
            return output < list.size() ? list.get(output) : null;
        }
        boolean byName = all instanceof Map<?, ?> map && !map.containsKey("class_name");
        return byName ? ((Map<?, ?>) all).get(model.outputName(output)) : all;
    }
}
