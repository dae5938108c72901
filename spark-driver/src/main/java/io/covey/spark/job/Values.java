package io.covey.spark.job;

import java.util.Map;

/** The values of a section's keys as they were read. */
final class Values {
    private final String path;
    private final Map<String, Object> values;
    private final Reading reading;

    Values(String path, Map<String, Object> values, Reading reading) {
        this.path = path;
        this.values = values;
        this.reading = reading;
    }

    /** The value given, or the key's default; null when there is none or when it is wrong. */
    @SuppressWarnings("unchecked")
    <T> T get(Key<?, T> key) {
        return (T) values.get(key.name());
    }

    /** The value given, or {@code otherwise} when there is none. */
    <T> T get(Key<?, T> key, T otherwise) {
        T value = get(key);
        return value == null ? otherwise : value;
    }

    /** Reports a value that does not go with others. */
    void problem(Key<?, ?> key, String message) {
        problem(key.name(), message);
    }

    /** Reports a problem at a path below this section. */
    void problem(String pathBelow, String message) {
        reading.problems().add(KeyPath.child(path, pathBelow), message);
    }

    Reading reading() {
        return reading;
    }
}
