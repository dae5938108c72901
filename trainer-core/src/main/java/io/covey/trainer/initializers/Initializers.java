package io.covey.trainer.initializers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Initializers by name: Keras' class names and their snake_case forms. */
public final class Initializers {
    private static final double STDDEV_DEFAULT = 0.05;
    private static final double LIMIT_DEFAULT = 0.05;
    private static final Map<String, Function<Arguments, Initializer>> BY_NAME = new TreeMap<>();

    static {
        register("Zeros", arguments -> new Zeros());
        register("Ones", arguments -> new Ones());
        register("Constant", arguments -> new Constant(number(arguments, "value", 0)));
        register(
                "RandomNormal",
                arguments -> new RandomNormal(number(arguments, "mean", 0), arguments.real("stddev", STDDEV_DEFAULT)));
        register(
                "TruncatedNormal",
                arguments ->
                        new TruncatedNormal(number(arguments, "mean", 0), arguments.real("stddev", STDDEV_DEFAULT)));
        register(
                "RandomUniform",
                arguments -> new RandomUniform(
                        number(arguments, "minval", -LIMIT_DEFAULT), arguments.real("maxval", LIMIT_DEFAULT)));
        register("VarianceScaling", VarianceScaling::of);
        register("GlorotNormal", arguments -> new GlorotNormal());
        register("GlorotUniform", arguments -> new GlorotUniform());
        register("HeNormal", arguments -> new HeNormal());
        register("HeUniform", arguments -> new HeUniform());
        register("LecunNormal", arguments -> new LecunNormal());
        register("LecunUniform", arguments -> new LecunUniform());
        register("Orthogonal", arguments -> new Orthogonal(number(arguments, "gain", 1)));
        register("Identity", arguments -> new Identity(number(arguments, "gain", 1)));
        // Keras' other names.
        Map.of(
                        "uniform", "RandomUniform",
                        "normal", "RandomNormal",
                        "one", "Ones",
                        "zero", "Zeros",
                        "IdentityInitializer", "Identity",
                        "OrthogonalInitializer", "Orthogonal")
                .forEach((alias, className) -> BY_NAME.put(alias, BY_NAME.get(className)));
    }

    private Initializers() {}

    /**
     * Makes an initializer known by name, for example one of the user's own, under its class name and the snake_case form.
     *
     * @param constructor reads the arguments, by their names or by {@link NamedConfig#LONE}
     */
    public static synchronized void register(String className, Function<Arguments, Initializer> constructor) {
        BY_NAME.put(className, constructor);
        BY_NAME.put(className.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT), constructor);
    }

    private static double number(Arguments arguments, String name, double defaultValue) {
        return arguments.given().containsKey(NamedConfig.LONE)
                ? arguments.real(NamedConfig.LONE, defaultValue)
                : arguments.real(name, defaultValue);
    }

    /**
     * Makes an initializer.
     *
     * @param what the argument that it is for, for messages
     * @param written a name, or a name with arguments
     * @throws CoveyException a caller's error when it does not exist, with the nearest that does
     */
    public static synchronized Initializer of(String what, Object written) {
        if (written instanceof Initializer initializer) {
            return initializer;
        }
        NamedConfig config = NamedConfig.of(what, written);
        Function<Arguments, Initializer> constructor = BY_NAME.get(config.name());
        if (constructor == null) {
            String advice = config.name().toLowerCase(Locale.ROOT).contains("xavier")
                    ? "; Xavier's initialization is Keras' glorot_uniform or glorot_normal"
                    : NearestName.advice(config.name(), BY_NAME.keySet());
            throw CoveyException.caller(what + " is " + config.name() + advice);
        }
        Arguments arguments = Arguments.of(config.name(), config.arguments());
        arguments.ignore("seed", "input_axes", "output_axes");
        Initializer initializer = constructor.apply(arguments);
        arguments.requireAllKnown();
        return initializer;
    }

    /** A layer's argument. */
    public static Initializer argument(Arguments arguments, String name, String defaultName) {
        return arguments.object(name, Initializer.class, of(name, defaultName), Initializers::of);
    }
}
