package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A name with arguments, as users write it: {@code "he_normal"}, {@code {he_normal: {seed: 1}}}, {@code {l2: 0.01}} or Keras'
 * {@code {"class_name": "HeNormal", "config": {"seed": 1}}}.
 *
 * @param name as written
 * @param arguments by Keras' names; a lone value is kept under {@link #LONE}
 */
public record NamedConfig(String name, Map<String, Object> arguments) {
    /** The key of an argument that was written without a name. */
    public static final String LONE = "";

    /**
     * Reads any of the forms.
     *
     * @param what is read, for messages, for example {@code initializer}
     * @throws CoveyException a caller's error when {@code written} has another form
     */
    public static NamedConfig of(String what, Object written) {
        if (written instanceof String name) {
            return new NamedConfig(name, Map.of());
        }
        if (written instanceof Map<?, ?> map) {
            if (map.containsKey("class_name")) {
                Object config = map.get("config");
                return config instanceof String function
                        ? new NamedConfig(function, Map.of())
                        : new NamedConfig(String.valueOf(map.get("class_name")), arguments(config));
            }
            if (map.size() == 1) {
                Map.Entry<?, ?> entry = map.entrySet().iterator().next();
                return new NamedConfig(String.valueOf(entry.getKey()), arguments(entry.getValue()));
            }
        }
        throw CoveyException.caller(what + " is " + written
                + ", expected a name, or a name with its arguments as in {name: {argument: value}}");
    }

    private static Map<String, Object> arguments(Object written) {
        if (written == null) {
            return Map.of();
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (written instanceof Map<?, ?> map) {
            map.forEach((key, value) -> arguments.put(String.valueOf(key), value));
        } else {
            arguments.put(LONE, written);
        }
        return arguments;
    }
}
