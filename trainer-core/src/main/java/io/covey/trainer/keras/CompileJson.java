package io.covey.trainer.keras;

import io.covey.trainer.losses.Loss;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Writes {@link Compiled} as Keras 3 does, here as maps and lists. */
final class CompileJson {
    private static final String LEARNING_RATE = "learning_rate";

    /** Settings that Keras 3's optimizers do not have. */
    private static final Set<String> NOT_OF_KERAS_3 = Set.of("semantics", "exclude_from_weight_decay");

    private static final Set<String> SCHEDULES = Set.of(
            "ExponentialDecay",
            "CosineDecay",
            "CosineDecayRestarts",
            "PiecewiseConstantDecay",
            "PolynomialDecay",
            "InverseTimeDecay");

    private CompileJson() {}

    /** Whether Keras 3 has all of it. */
    static boolean isOfKeras3(Compiled compiled) {
        Optimizer optimizer = compiled.optimizer();
        boolean hasSchedule = !optimizer.hasSchedule()
                || SCHEDULES.contains(optimizer.schedule().className());
        return hasSchedule && optimizer.config().keySet().stream().noneMatch(NOT_OF_KERAS_3::contains);
    }

    /**
     * Keras 3's form.
     *
     * @param learningRate in force where there is no schedule
     * @param model that was compiled so
     */
    static Map<String, Object> of(Compiled compiled, float learningRate, Model model) {
        List<StateLayout.Output> outputs = new StateLayout(model, compiled.options()).outputs();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("optimizer", optimizer(compiled.optimizer(), learningRate));
        config.put("loss", forEach(outputs, output -> loss(output.options().loss())));
        boolean isPlainSum =
                outputs.stream().allMatch(output -> output.options().lossWeight() == 1);
        config.put(
                "loss_weights",
                isPlainSum
                        ? null
                        : outputs.stream()
                                .map(output -> output.options().lossWeight())
                                .toList());
        config.put("metrics", metrics(outputs, OutputOptions::metrics));
        config.put("weighted_metrics", metrics(outputs, OutputOptions::weightedMetrics));
        config.put("run_eagerly", false);
        config.put("steps_per_execution", 1);
        config.put("jit_compile", false);
        return config;
    }

    private static Map<String, Object> optimizer(Optimizer optimizer, float learningRate) {
        Map<String, Object> config = new LinkedHashMap<>(optimizer.config());
        config.put("name", optimizer.name());
        config.put(
                LEARNING_RATE,
                optimizer.hasSchedule()
                        ? schedule(optimizer.schedule())
                        : (Object) Double.valueOf(Float.toString(learningRate)));
        String className =
                switch (optimizer.name()) {
                    case "sgd" -> "SGD";
                    case "rmsprop" -> "RMSprop";
                    default -> optimizer.getClass().getSimpleName();
                };
        return KerasConfig.object("keras.optimizers", className, config);
    }

    private static Map<String, Object> schedule(LearningRateSchedule schedule) {
        return KerasConfig.object("keras.optimizers.schedules", schedule.className(), schedule.config());
    }

    private static Map<String, Object> loss(Loss loss) {
        return loss == null ? null : KerasConfig.object("keras.losses", loss.className(), loss.config());
    }

    private static Object metrics(List<StateLayout.Output> outputs, Function<OutputOptions, List<Metric>> metrics) {
        if (outputs.stream().allMatch(output -> metrics.apply(output.options()).isEmpty())) {
            return null;
        }
        return forEach(outputs, output -> metrics.apply(output.options()).stream()
                .map(metric -> metric(metric, output))
                .toList());
    }

    private static Object metric(Metric metric, StateLayout.Output output) {
        if (metric.isWord()) {
            return metric.name();
        }
        Metric resolved = metric.resolve(output.trueShape(), output.predShape());
        return KerasConfig.object("keras.metrics", resolved.className(), resolved.config());
    }

    /** The element for the only output, or the list of those of all. */
    private static Object forEach(List<StateLayout.Output> outputs, Function<StateLayout.Output, Object> element) {
        if (outputs.size() == 1) {
            return element.apply(outputs.get(0));
        }
        List<Object> all = new ArrayList<>();
        outputs.forEach(output -> all.add(element.apply(output)));
        return all;
    }
}
