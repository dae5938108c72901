package io.covey.spark.job;

import java.util.Objects;
import java.util.function.Function;

/**
 * A key of a section: all that reading, writing, messages and the reference need to know about it.
 *
 * @param <R> settings that the section becomes
 * @param <T> value
 * @param getter finds the value in the settings; null when it has none
 * @param absence what a missing key means
 * @param defaultValue null when there is none, or when it follows from other keys
 * @param defaultText the default as the reference shows it
 * @param mayChange whether a resume may change the value, because it does not decide the bits of the run
 * @param isLater whether the default value is left out of what the configuration hash is made of, because checkpoints were
 *     written before the key existed
 * @param doc one line for the reference
 */
record Key<R, T>(
        String name,
        Type<T> type,
        Function<R, T> getter,
        Absence absence,
        T defaultValue,
        String defaultText,
        boolean mayChange,
        boolean isLater,
        String doc) {
    /** What a missing key means. */
    enum Absence {
        PROBLEM,
        DEFAULT_VALUE,
        /** The section's keys have defaults, or are missed one by one. */
        EMPTY_SECTION
    }

    /** A key that must be given. */
    static <R, T> Key<R, T> required(String name, Type<T> type, Function<R, T> getter, String doc) {
        return new Key<>(name, type, getter, Absence.PROBLEM, null, "required", false, false, doc);
    }

    /** A key with a constant default. */
    static <R, T> Key<R, T> optional(String name, Type<T> type, Function<R, T> getter, T defaultValue, String doc) {
        String text = String.valueOf(type.write(defaultValue, Type.Form.YAML));
        return new Key<>(name, type, getter, Absence.DEFAULT_VALUE, defaultValue, text, false, false, doc);
    }

    /** A key that has no value when it is missing, or one that follows from other keys as {@code defaultText} says. */
    static <R, T> Key<R, T> derived(String name, Type<T> type, Function<R, T> getter, String defaultText, String doc) {
        return new Key<>(name, type, getter, Absence.DEFAULT_VALUE, null, defaultText, false, false, doc);
    }

    /** A section that need not be written when all its keys have defaults. */
    static <R, T> Key<R, T> section(String name, Section<T> type, Function<R, T> getter, String doc) {
        return new Key<>(name, type, getter, Absence.EMPTY_SECTION, null, "", false, false, doc);
    }

    /** This key, free to change at a resume. */
    Key<R, T> changeable() {
        return new Key<>(name, type, getter, absence, defaultValue, defaultText, true, isLater, doc);
    }

    /** This key with {@link #isLater}. */
    Key<R, T> later() {
        return new Key<>(name, type, getter, absence, defaultValue, defaultText, mayChange, true, doc);
    }

    /** Whether the configuration hash depends on the value in {@code settings}. */
    boolean isHashed(R settings) {
        return !mayChange && !(isLater && Objects.equals(getter.apply(settings), defaultValue));
    }

    /** The value in {@code settings} as maps, lists, text, numbers and booleans; null when it has none. */
    Object write(R settings, Type.Form form) {
        T value = getter.apply(settings);
        return value == null ? null : type.write(value, form);
    }

    /** Reads the value, or takes the default. */
    T read(YamlNode node, String path, Reading reading) {
        if (!YamlNode.isAbsent(node)) {
            return type.read(node, path, reading);
        }
        return switch (absence) {
            case PROBLEM -> {
                reading.problems().add(path, "is missing, it is required");
                yield null;
            }
            case DEFAULT_VALUE -> defaultValue;
            case EMPTY_SECTION -> type.read(YamlNode.Mapping.empty(null), path, reading);
        };
    }
}
