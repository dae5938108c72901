package io.covey.trainer.layers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.config.NearestName;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/** The layers that can be made by name: Keras' class names, or the same in snake_case as the job file writes them. */
public final class LayerTypes {
    private static final Map<String, Function<Arguments, Layer>> BY_CLASS = new TreeMap<>();
    private static final Map<String, String> BY_SNAKE_NAME = new TreeMap<>();
    /** Names under which Keras exports classes that are called otherwise in its code, and so in its HDF5 files. */
    private static final Map<String, String> EXPORTED = Map.of("GroupedQueryAttention", "GroupQueryAttention");

    static {
        for (LayerProvider provider : ServiceLoader.load(LayerProvider.class, LayerTypes.class.getClassLoader())) {
            provider.register(LayerTypes::register);
        }
    }

    private LayerTypes() {}

    /** Makes a class of layers known, for example one of the user's own, so that models can be read that use it. */
    public static synchronized void register(String className, Function<Arguments, Layer> constructor) {
        BY_CLASS.put(className, constructor);
        BY_SNAKE_NAME.put(snakeCase(className), className);
    }

    /** Keras' snake_case form of a class name, the base of automatic layer names: {@code Conv2D} gives {@code conv2d}. */
    public static String snakeCase(String className) {
        return className
                .replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** Class names by their snake_case form. */
    public static synchronized Map<String, String> classNames() {
        return Collections.unmodifiableMap(new TreeMap<>(BY_SNAKE_NAME));
    }

    /**
     * Makes a layer.
     *
     * @param name class name or its snake_case form
     * @throws CoveyException a caller's error when the layer or an argument does not exist, or an argument is wrong
     */
    public static Layer create(String name, Map<String, Object> arguments) {
        String className;
        Function<Arguments, Layer> constructor;
        synchronized (LayerTypes.class) {
            className = BY_SNAKE_NAME.getOrDefault(name, name);
            constructor = BY_CLASS.get(className);
            if (constructor == null) {
                throw CoveyException.caller("there is no layer " + name
                        + NearestName.advice(name, name.contains("_") ? BY_SNAKE_NAME.keySet() : BY_CLASS.keySet()));
            }
        }
        Layer layer = constructor.apply(Arguments.of(className, arguments));
        layer.arguments().requireAllKnown();
        return layer;
    }

    /** Makes a layer from its configuration, for example in Keras' JSON. */
    public static Layer read(String what, Object written) {
        if (written instanceof Layer layer) {
            return layer;
        }
        NamedConfig config = NamedConfig.of(what, written);
        return create(exported(config.name()), config.arguments());
    }

    /** Whether there is a layer of the class that a file names. */
    public static synchronized boolean isKnown(String writtenName) {
        return BY_CLASS.containsKey(exported(writtenName));
    }

    private static String exported(String writtenName) {
        // Keras registers a user's class as package>class, and its HDF5 files name it so.
        String name = writtenName.substring(writtenName.indexOf('>') + 1);
        return EXPORTED.getOrDefault(name, name);
    }
}
