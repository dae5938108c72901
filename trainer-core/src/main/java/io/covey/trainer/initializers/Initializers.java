package io.covey.trainer.initializers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Initializers by name: Keras' class names and their snake_case forms. */
public final class Initializers {
    private static final Map<String, Function<Arguments, Initializer>> BY_NAME = new TreeMap<>();

    static {
        register("Zeros", "zeros", arguments -> new Zeros());
        register("Ones", "ones", arguments -> new Ones());
        register("GlorotUniform", "glorot_uniform", arguments -> {
            arguments.ignore("seed", "input_axes", "output_axes");
            return new GlorotUniform();
        });
    }

    private Initializers() {}

    private static void register(String className, String name, Function<Arguments, Initializer> constructor) {
        BY_NAME.put(className, constructor);
        BY_NAME.put(name, constructor);
    }

    /**
     * Makes an initializer.
     *
     * @param what the argument that it is for, for messages
     * @param written a name, or a name with arguments
     * @throws CoveyException a caller's error when it does not exist, with the nearest that does
     */
    public static Initializer of(String what, Object written) {
        if (written instanceof Initializer initializer) {
            return initializer;
        }
        NamedConfig config = NamedConfig.of(what, written);
        Function<Arguments, Initializer> constructor = BY_NAME.get(config.name());
        if (constructor == null) {
            throw CoveyException.caller(
                    what + " is " + config.name() + NearestName.advice(config.name(), BY_NAME.keySet()));
        }
        Arguments arguments = Arguments.of(config.name(), config.arguments());
        Initializer initializer = constructor.apply(arguments);
        arguments.requireAllKnown();
        return initializer;
    }

    /** A layer's argument. */
    public static Initializer argument(Arguments arguments, String name, String defaultName) {
        return arguments.object(name, Initializer.class, of(name, defaultName), Initializers::of);
    }
}
