package io.covey.trainer.regularizers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A penalty on a variable's values, or on a layer's output, that is added to the loss. */
public sealed interface Regularizer extends Serializable permits L1L2, OrthogonalRegularizer {
    /** Keras' default of every factor. */
    double FACTOR_DEFAULT = 0.01;

    /** Keras' names. */
    List<String> NAMES =
            List.of("l1", "l2", "l1_l2", "l1l2", "L1", "L2", "L1L2", "orthogonal_regularizer", "OrthogonalRegularizer");

    static L1L2 l1(double l1) {
        return new L1L2((float) l1, 0);
    }

    static L1L2 l2(double l2) {
        return new L1L2(0, (float) l2);
    }

    static L1L2 l1l2(double l1, double l2) {
        return new L1L2((float) l1, (float) l2);
    }

    /** Keras' class. */
    String className();

    /** Keras' arguments. */
    Map<String, Object> config();

    /** @throws CoveyException a caller's error when a variable of this shape cannot have the penalty */
    default void requireShape(String weight, List<Integer> shape) {}

    /**
     * Makes a regularizer from its name, with its arguments or without.
     *
     * @throws CoveyException a caller's error when it does not exist, with the nearest that does
     */
    static Regularizer of(String what, Object written) {
        NamedConfig config = NamedConfig.of(what, written);
        if (!NAMES.contains(config.name())) {
            throw CoveyException.caller(what + " is " + config.name() + NearestName.advice(config.name(), NAMES));
        }
        Arguments arguments = Arguments.of(config.name(), config.arguments());
        Regularizer regularizer =
                switch (config.name()) {
                    case "l1", "L1" -> l1(factor(arguments, "l1"));
                    case "l2", "L2" -> l2(factor(arguments, "l2"));
                    case "orthogonal_regularizer", "OrthogonalRegularizer" ->
                        new OrthogonalRegularizer(
                                (float) factor(arguments, "factor"),
                                OrthogonalRegularizer.Mode.valueOf(arguments
                                        .choice("mode", "rows", "rows", "columns")
                                        .toUpperCase(Locale.ROOT)));
                    default -> l1l2(arguments.real("l1", FACTOR_DEFAULT), arguments.real("l2", FACTOR_DEFAULT));
                };
        arguments.requireAllKnown();
        return regularizer;
    }

    private static double factor(Arguments arguments, String name) {
        return arguments.given().containsKey(NamedConfig.LONE)
                ? arguments.real(NamedConfig.LONE, FACTOR_DEFAULT)
                : arguments.real(name, FACTOR_DEFAULT);
    }

    /** A layer's argument that is a penalty on a variable; null for none. */
    static Regularizer argument(Arguments arguments, String name) {
        return arguments.object(name, Regularizer.class, null, Regularizer::of);
    }

    /** A layer's argument that is a penalty on its output; null for none. */
    static L1L2 ofActivity(Arguments arguments, String name) {
        Regularizer regularizer = argument(arguments, name);
        if (regularizer instanceof OrthogonalRegularizer) {
            throw arguments.error(
                    name, "is OrthogonalRegularizer, which compares the samples of a batch: use l1, l2 or l1_l2");
        }
        return (L1L2) regularizer;
    }
}
