package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The arguments given to an object, by Keras' names. The object's constructor reads each that it knows, with its default;
 * {@link #requireAllKnown} then refuses the others. Values are what JSON and YAML have, or the Java objects that they stand
 * for. Not thread-safe while a constructor reads.
 */
public final class Arguments implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Edits at which a name that nobody has read stands for a missing one. */
    private static final int MISSPELT = 2;

    private final String owner;
    private final LinkedHashMap<String, Object> given;
    private final LinkedHashMap<String, Object> known = new LinkedHashMap<>();

    private Arguments(String owner, Map<String, Object> given) {
        this.owner = owner;
        this.given = new LinkedHashMap<>(given);
    }

    /**
     * Arguments of an object.
     *
     * @param owner the object's class name in Keras, for messages
     */
    public static Arguments of(String owner, Map<String, Object> given) {
        return new Arguments(owner, given);
    }

    /** These arguments and one more, which replaces an earlier value. */
    public Arguments with(String name, Object value) {
        Arguments more = new Arguments(owner, given);
        more.given.put(name, value);
        return more;
    }

    /** The class name in Keras of the object that the arguments are for. */
    public String owner() {
        return owner;
    }

    /** What was given, without defaults. */
    public Map<String, Object> given() {
        return Collections.unmodifiableMap(given);
    }

    /** The arguments that were read so far with their values, defaults included. */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(known);
    }

    /** Accepts arguments that make no difference here. */
    public void ignore(String... names) {
        for (String name : names) {
            known.put(name, given.get(name));
        }
    }

    /** @throws CoveyException a caller's error that names an argument which nobody has read, and the nearest right one */
    public void requireAllKnown() {
        for (String name : given.keySet()) {
            if (!known.containsKey(name)) {
                throw error(name, "is not an argument of " + owner + NearestName.advice(name, known.keySet()));
            }
        }
    }

    /** A caller's error about an argument; where it is missing, about another one that was probably meant to be it. */
    public CoveyException error(String name, String problem) {
        for (String other : given.keySet()) {
            boolean unread = !given.containsKey(name) && !known.containsKey(other);
            if (unread && NearestName.distance(other, name) <= MISSPELT) {
                return CoveyException.caller(
                        owner + ": " + other + " is not an argument of " + owner + "; did you mean " + name + "?");
            }
        }
        return CoveyException.caller(owner + ": " + name + " " + problem);
    }

    /** The value as given, or {@code defaultValue} when it is missing or null. */
    public Object raw(String name, Object defaultValue) {
        Object value = given.get(name);
        known.put(name, value == null ? defaultValue : value);
        return known.get(name);
    }

    /**
     * An object made from its configuration, or given as it is.
     *
     * @param reader makes it from an argument's name and a value that is no {@code type}
     * @return null when it is missing and the default is null
     */
    public <T> T object(String name, Class<T> type, T defaultValue, BiFunction<String, Object, T> reader) {
        Object value = raw(name, defaultValue);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        T made = reader.apply(owner + ": " + name, value);
        known.put(name, made);
        return made;
    }

    public String text(String name, String defaultValue) {
        Object value = raw(name, defaultValue);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw error(name, "is " + value + ", expected a text");
    }

    /** One of the given words. */
    public String choice(String name, String defaultValue, String... words) {
        String value = text(name, defaultValue);
        if (!List.of(words).contains(value)) {
            throw error(name, "is " + value + NearestName.advice(value, List.of(words)));
        }
        return value;
    }

    public boolean flag(String name, boolean defaultValue) {
        Object value = raw(name, defaultValue);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw error(name, "is " + value + ", expected true or false");
    }

    public double real(String name, double defaultValue) {
        return number(name, raw(name, defaultValue));
    }

    /** A real number in [least, most]; one without a default must be given. */
    public double real(String name, double defaultValue, double least, double most) {
        if (Double.isNaN(defaultValue) && raw(name, null) == null) {
            throw error(name, "is missing, it must be a number between " + least + " and " + most);
        }
        double value = real(name, defaultValue);
        if (!(value >= least && value <= most)) {
            throw error(name, "is " + value + ", it must be between " + least + " and " + most);
        }
        return value;
    }

    public int integer(String name, int defaultValue) {
        return whole(name, raw(name, defaultValue));
    }

    /** An integer that must be given and be at least 1. */
    public int positive(String name) {
        if (raw(name, null) == null) {
            throw error(name, "is missing, it must be an integer of at least 1");
        }
        return positive(name, 0);
    }

    /** An integer of at least 1. */
    public int positive(String name, int defaultValue) {
        int value = integer(name, defaultValue);
        if (value < 1) {
            throw error(name, "is " + value + ", it must be at least 1");
        }
        return value;
    }

    /**
     * Integers, one per axis; a lone integer stands for all axes.
     *
     * @param count number of axes; below 0 for any number
     * @param defaultValue null when it must be given
     */
    public int[] integers(String name, int count, int... defaultValue) {
        Object value = raw(name, defaultValue);
        if (value instanceof int[] values) {
            return values.clone();
        }
        if (value instanceof Number) {
            int[] all = new int[Math.max(count, 1)];
            Arrays.fill(all, whole(name, value));
            return all;
        }
        if (value instanceof List<?> list && (count < 0 || list.size() == count)) {
            return list.stream().mapToInt(each -> whole(name, each)).toArray();
        }
        throw error(name, "is " + value + ", expected an integer" + (count < 0 ? "s" : " or a list of " + count));
    }

    private double number(String name, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw error(name, "is " + value + ", expected a number");
    }

    private int whole(String name, Object value) {
        double number = number(name, value);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw error(name, "is " + value + ", expected an integer");
        }
        return (int) number;
    }
}
