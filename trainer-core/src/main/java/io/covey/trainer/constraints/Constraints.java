package io.covey.trainer.constraints;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.GivenArguments;
import io.covey.trainer.config.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes constraints of names and arguments as they stand in Keras' JSON or a job file. */
public final class Constraints {
    /** Keras' epsilon, added to norms in denominators. */
    static final float EPSILON = 1e-7f;

    private static final List<String> NAMES = List.of("max_norm", "non_neg", "unit_norm", "min_max_norm");

    private Constraints() {}

    /**
     * A constraint by Keras' name.
     *
     * @param name for example {@code max_norm} or {@code MaxNorm}
     * @param arguments under Keras' names
     * @throws CoveyException a caller's error that says what was probably meant
     */
    public static Constraint of(String name, Map<String, ?> arguments) {
        GivenArguments given = new GivenArguments("constraint " + name, arguments);
        Constraint constraint =
                switch (name.replace("_", "").toLowerCase(Locale.ROOT)) {
                    case "maxnorm" ->
                        new MaxNorm(
                                given.number("max_value", MaxNorm.MAX_VALUE_DEFAULT),
                                given.integers("axis", List.of(0)));
                    case "nonneg" -> new NonNeg();
                    case "unitnorm" -> new UnitNorm(given.integers("axis", List.of(0)));
                    case "minmaxnorm" ->
                        new MinMaxNorm(
                                given.number("min_value", 0.0),
                                given.number("max_value", 1.0),
                                given.number("rate", 1.0),
                                given.integers("axis", List.of(0)));
                    default ->
                        throw CoveyException.caller("unknown constraint " + name + NearestName.advice(name, NAMES));
                };
        given.end();
        return constraint;
    }

    static List<Integer> requireAxes(List<Integer> axes) {
        if (axes.isEmpty()) {
            throw CoveyException.caller("axis is empty, a constraint on norms needs at least one axis");
        }
        return List.copyOf(axes);
    }

    static Object axisConfig(List<Integer> axes) {
        return axes.size() == 1 ? axes.get(0) : axes;
    }
}
