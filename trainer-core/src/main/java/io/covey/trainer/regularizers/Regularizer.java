package io.covey.trainer.regularizers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.io.Serializable;
import java.util.List;

/**
 * {@code l1 * sum(abs(w)) + l2 * sum(w^2)}, as Keras' L1, L2 and L1L2: without the 1/2 that some books have.
 *
 * @param l1 factor of the sum of absolute values, at least 0
 * @param l2 factor of the sum of squares, at least 0
 */
public record Regularizer(float l1, float l2) implements Serializable {
    private static final List<String> NAMES = List.of("l1", "l2", "l1_l2", "l1l2", "L1", "L2", "L1L2");
    private static final double FACTOR_DEFAULT = 0.01;

    /** @throws CoveyException a caller's error when a factor is negative or not finite */
    public Regularizer {
        if (!(l1 >= 0 && l2 >= 0 && l1 + l2 <= Float.MAX_VALUE)) {
            throw CoveyException.caller("regularizer: l1 is " + l1 + " and l2 is " + l2 + ", both must be at least 0");
        }
    }

    public static Regularizer l1(double l1) {
        return new Regularizer((float) l1, 0);
    }

    public static Regularizer l2(double l2) {
        return new Regularizer(0, (float) l2);
    }

    public static Regularizer l1l2(double l1, double l2) {
        return new Regularizer((float) l1, (float) l2);
    }

    /** The derivative at one number; that of the absolute value is 0 at 0. */
    public float derivative(float w) {
        return l1 * Math.signum(w) + 2 * l2 * w;
    }

    /**
     * Makes a regularizer from its name, with its arguments or without.
     *
     * @throws CoveyException a caller's error when it does not exist, with the nearest that does
     */
    public static Regularizer of(String what, Object written) {
        NamedConfig config = NamedConfig.of(what, written);
        if (config.name().replace("_", "").equalsIgnoreCase("orthogonalregularizer")) {
            throw CoveyException.caller(
                    what + " is " + config.name() + ", which needs a whole matrix at once, but the shards"
                            + " that update it hold parts: use l2, or the initializer orthogonal");
        }
        if (!NAMES.contains(config.name())) {
            throw CoveyException.caller(what + " is " + config.name() + NearestName.advice(config.name(), NAMES));
        }
        Arguments arguments = Arguments.of(config.name(), config.arguments());
        Regularizer regularizer =
                switch (config.name()) {
                    case "l1", "L1" -> l1(factor(arguments, "l1"));
                    case "l2", "L2" -> l2(factor(arguments, "l2"));
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

    /** A layer's argument; null for none. */
    public static Regularizer argument(Arguments arguments, String name) {
        return arguments.object(name, Regularizer.class, null, Regularizer::of);
    }
}
