package io.covey.trainer.metrics;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.config.RefusedNames;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes metrics by Keras' name: {@code Metrics.of("accuracy")}, {@code Metrics.of("precision", Map.of("thresholds", 0.7))}.
 */
public final class Metrics {
    private static final Set<String> ACCURACY = Set.of("accuracy", "acc");
    private static final String NAME = "name";

    private static final RefusedNames REFUSED = new RefusedNames(
            "metric",
            Map.of(
                    "mean_metric_wrapper",
                    "functions cannot be named: use the metric whose mean it is, or the loss's name"
                            + " for the mean of a loss",
                    "metric",
                    "it is the class that all metrics have in common"));

    private Metrics() {}

    /** A metric with Keras' defaults, see {@link #of(String, Map)}. */
    public static Metric of(String name) {
        return of(name, Map.of());
    }

    /**
     * A metric as {@code compile} names it: {@code accuracy} and {@code acc} in any case are chosen by shapes. As in Keras it is
     * logged under the name given here, or, where arguments make it an object, under its class's or its own name.
     *
     * @param name Keras' snake-case name, class name or short name ({@code mse}, {@code MAE}, ...)
     * @param config Keras' arguments, {@code name} among them; the rest by default
     * @throws CoveyException a caller's error for a metric or an argument that does not exist
     */
    public static Metric of(String name, Map<String, ?> config) {
        boolean byShapes = isAccuracy(name);
        MetricType type = byShapes
                ? MetricType.ACCURACY
                : find(
                        name,
                        t -> name.equals(t.kerasName())
                                || name.equals(t.className())
                                || t.alias().filter(name::equalsIgnoreCase).isPresent());
        return make(type, byShapes || config.isEmpty() ? name : type.defaultName(), config, byShapes);
    }

    /**
     * An object of a class, as in a saved configuration; {@code Accuracy} is the share of predictions equal to their targets.
     *
     * @throws CoveyException a caller's error for a class or an argument that does not exist
     */
    public static Metric ofClass(String className, Map<String, ?> config) {
        MetricType type = find(className, t -> className.equals(t.className()));
        return make(type, type.defaultName(), config, false);
    }

    /** Whether a metric of this name is chosen by shapes. */
    static boolean isAccuracy(String name) {
        return ACCURACY.contains(name.toLowerCase(Locale.ROOT));
    }

    private static Metric make(MetricType type, String name, Map<String, ?> config, boolean byShapes) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("dtype", null);
        defaults.putAll(type.arguments());
        Map<String, Object> given = new LinkedHashMap<>(config);
        Object givenName = given.remove(NAME);
        Arguments arguments = Arguments.declared("metric " + type.kerasName(), defaults, given);
        return new Metric(type, givenName == null ? name : givenName.toString(), arguments, byShapes);
    }

    private static MetricType find(String name, Predicate<MetricType> isIt) {
        return Arrays.stream(MetricType.values()).filter(isIt).findFirst().orElseThrow(() -> {
            List<String> known = Arrays.stream(MetricType.values())
                    .flatMap(
                            type -> Stream.concat(Stream.of(type.kerasName(), type.className()), type.alias().stream()))
                    .toList();
            REFUSED.check(name);
            return CoveyException.caller("metric " + name + " is not known" + NearestName.advice(name, known));
        });
    }
}
