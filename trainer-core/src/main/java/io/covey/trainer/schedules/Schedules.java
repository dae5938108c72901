package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Makes schedules of names and arguments as they stand in Keras' JSON or a job file. */
public final class Schedules {
    private static final Map<String, Function<Arguments, LearningRateSchedule>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("ExponentialDecay", ExponentialDecay::of);
        KINDS.put("CosineDecay", CosineDecay::of);
        KINDS.put("CosineDecayRestarts", CosineDecayRestarts::of);
        KINDS.put("PiecewiseConstantDecay", PiecewiseConstantDecay::of);
        KINDS.put("PolynomialDecay", PolynomialDecay::of);
        KINDS.put("InverseTimeDecay", InverseTimeDecay::of);
        KINDS.put("LinearScalingWarmup", LinearScalingWarmup::of);
    }

    private Schedules() {}

    /**
     * A schedule by Keras' class name.
     *
     * @param className for example {@code ExponentialDecay} or {@code exponential_decay}; case does not matter
     * @param arguments under Keras' names
     * @throws CoveyException a caller's error that says what was probably meant
     */
    public static LearningRateSchedule of(String className, Map<String, ?> arguments) {
        for (Map.Entry<String, Function<Arguments, LearningRateSchedule>> kind : KINDS.entrySet()) {
            if (plain(kind.getKey()).equals(plain(className))) {
                Arguments given =
                        Arguments.of("schedule " + kind.getKey(), arguments).ignore("name");
                LearningRateSchedule schedule = kind.getValue().apply(given);
                given.requireAllKnown();
                return schedule;
            }
        }
        throw CoveyException.caller(
                "unknown learning rate schedule " + className + NearestName.advice(className, KINDS.keySet()));
    }

    /**
     * A schedule or a plain rate as a value of {@code learning_rate}.
     *
     * @param value a number, Keras' {@code {class_name: NAME, config: {...}}}, or {@code {name: {argument: value}}}
     * @throws CoveyException a caller's error when it is none of these
     */
    public static LearningRateSchedule of(Object value) {
        if (value instanceof LearningRateSchedule schedule) {
            return schedule;
        }
        if (value instanceof Map<?, ?> map && map.get("class_name") != null) {
            return of(String.valueOf(map.get("class_name")), arguments(map.get("config")));
        }
        if (value instanceof Map<?, ?> map && map.size() == 1) {
            Map.Entry<?, ?> only = map.entrySet().iterator().next();
            return of(String.valueOf(only.getKey()), arguments(only.getValue()));
        }
        Map<String, Object> rate = new LinkedHashMap<>();
        rate.put("learning_rate", value);
        return new ConstantRate(Arguments.of("optimizer", rate).real("learning_rate"));
    }

    /** What {@link #of(Object)} reads: a number for a plain rate, else Keras' class name and config. */
    public static Object toConfig(LearningRateSchedule schedule) {
        if (schedule instanceof ConstantRate constant) {
            return constant.learningRate();
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("class_name", schedule.className());
        config.put("config", schedule.config());
        return config;
    }

    private static Map<String, Object> arguments(Object value) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, argument) -> arguments.put(String.valueOf(name), argument));
        } else if (value != null) {
            throw CoveyException.caller(
                    "the arguments of a learning rate schedule are " + value + ", they must be {name: value}");
        }
        return arguments;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
