package io.covey.trainer.callbacks;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.RefusedNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiFunction;

/** The callbacks of all {@link CallbackProvider}s. */
final class ProvidedCallbacks {
    private static final Map<String, BiFunction<Arguments, CallbackIo, Callback>> BY_CLASS = new LinkedHashMap<>();

    static {
        for (CallbackProvider provider :
                ServiceLoader.load(CallbackProvider.class, ProvidedCallbacks.class.getClassLoader())) {
            provider.register(BY_CLASS::put);
        }
    }

    private ProvidedCallbacks() {}

    /** Class names. */
    static Set<String> names() {
        return BY_CLASS.keySet();
    }

    /**
     * Makes a callback.
     *
     * @param name class name, or the same in snake_case
     * @return empty where no provider knows the name
     */
    static Optional<Callback> create(String name, Map<String, ?> config, CallbackIo io) {
        return names().stream()
                .filter(className -> RefusedNames.plain(className).equals(RefusedNames.plain(name)))
                .findFirst()
                .map(className -> {
                    Arguments arguments = Arguments.of("callback " + className, config);
                    Callback callback = BY_CLASS.get(className).apply(arguments, io);
                    arguments.requireAllKnown();
                    return callback;
                });
    }
}
