package io.covey.spark.job;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something with Keras' name and arguments, as a job file gives it.
 *
 * @param name for example {@code dense}
 * @param arguments by Keras' names: text, numbers, booleans, null, lists and maps of them
 */
public record Named(String name, Map<String, Object> arguments) implements Serializable {
    public Named {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }
}
