package io.covey.trainer.constraints;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import java.util.Arrays;
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
        Arguments given = Arguments.of("constraint " + name, arguments);
        Constraint constraint =
                switch (name.replace("_", "").toLowerCase(Locale.ROOT)) {
                    case "maxnorm" -> new MaxNorm(given.real("max_value", MaxNorm.MAX_VALUE_DEFAULT), axes(given));
                    case "nonneg" -> new NonNeg();
                    case "unitnorm" -> new UnitNorm(axes(given));
                    case "minmaxnorm" ->
                        new MinMaxNorm(
                                given.real("min_value", 0.0),
                                given.real("max_value", 1.0),
                                given.real("rate", 1.0),
                                axes(given));
                    default ->
                        throw CoveyException.caller("unknown constraint " + name + NearestName.advice(name, NAMES));
                };
        given.requireAllKnown();
        return constraint;
    }

    private static List<Integer> axes(Arguments arguments) {
        return Arrays.stream(arguments.integers("axis", -1, 0)).boxed().toList();
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
