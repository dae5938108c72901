package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/**
 * The arguments given to an object, by Keras' names. Values are what JSON and YAML have, or the Java objects that they stand
 * for; one of the wrong kind is a caller's error when it is read.
 *
 * <p>Either the object's constructor reads each argument that it knows, with its default, and {@link #requireAllKnown} then
 * refuses the others: not thread-safe meanwhile. Or all that exist are {@link #declared} with their defaults, and read without;
 * such arguments are immutable.
 */
public final class Arguments implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Edits at which a name that nobody has read stands for a missing one. */
    private static final int MISSPELT = 2;

    /** Up to here a double has every integer. */
    private static final double EXACT = 1L << 53;

    private final String owner;
    private final LinkedHashMap<String, Object> given;
    private final LinkedHashMap<String, Object> known = new LinkedHashMap<>();
    private final boolean isDeclared;

    private Arguments(String owner, Map<String, ?> given, boolean isDeclared) {
        this.owner = owner;
        this.given = new LinkedHashMap<>(given);
        this.isDeclared = isDeclared;
        if (isDeclared) {
            known.putAll(given);
        }
    }

    /**
     * Arguments of an object that knows which there are.
     *
     * @param owner the object's class name in Keras, for messages
     */
    public static Arguments of(String owner, Map<String, ?> given) {
        return new Arguments(owner, given, false);
    }

    /**
     * Arguments in the order of their defaults.
     *
     * @param owner what the arguments belong to, for messages, for example {@code loss huber}
     * @param defaults every argument that exists, with its default
     * @throws CoveyException a caller's error for a given argument that does not exist
     */
    public static Arguments declared(String owner, Map<String, ?> defaults, Map<String, ?> given) {
        LinkedHashMap<String, Object> values = new LinkedHashMap<>(defaults);
        given.forEach((name, value) -> {
            if (!defaults.containsKey(name)) {
                throw unknown(owner, name, defaults.keySet());
            }
            values.put(name, value instanceof List<?> list ? List.copyOf(list) : value);
        });
        return new Arguments(owner, values, true);
    }

    /** Defaults in the order written: name, value, name, value, ... */
    public static Map<String, Object> defaults(Object... namesAndValues) {
        LinkedHashMap<String, Object> defaults = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            defaults.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(defaults);
    }

    /** These arguments with another value for one of them or, unless they are declared, with one more. */
    public Arguments with(String name, Object value) {
        if (isDeclared) {
            return declared(owner, given, Collections.singletonMap(name, value));
        }
        Arguments more = of(owner, given);
        more.given.put(name, value);
        return more;
    }

    /** The class name in Keras of the object that the arguments are for. */
    public String owner() {
        return owner;
    }

    /** What was given, without defaults unless they are declared. */
    public Map<String, Object> given() {
        return Collections.unmodifiableMap(given);
    }

    /** The arguments that were read so far with their values, defaults included. */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(known);
    }

    /** Accepts arguments that make no difference here. */
    public Arguments ignore(String... names) {
        for (String name : names) {
            known.put(name, given.get(name));
        }
        return this;
    }

    /**
     * Refuses arguments that would change what is computed and that nothing is made of here.
     *
     * @throws CoveyException a caller's error if one has a value that is not null
     */
    public Arguments refuse(String... names) {
        for (String name : names) {
            if (raw(name, null) != null) {
                throw error(name, "is not supported, leave it out");
            }
        }
        return this;
    }

    /** @throws CoveyException a caller's error that names an argument which nobody has read, and the nearest right one */
    public void requireAllKnown() {
        for (String name : given.keySet()) {
            if (!known.containsKey(name)) {
                throw unknown(owner, name, known.keySet());
            }
        }
    }

    private static CoveyException unknown(String owner, String name, Collection<String> known) {
        return CoveyException.caller(owner + " has no argument " + name + NearestName.advice(name, known));
    }

    /** A caller's error about an argument; where it is missing, about another one that was probably meant to be it. */
    public CoveyException error(String name, String problem) {
        for (String other : given.keySet()) {
            boolean unread = !given.containsKey(name) && !known.containsKey(other);
            if (unread && NearestName.distance(other, name) <= MISSPELT) {
                return unknown(owner, other, List.of(name));
            }
        }
        return CoveyException.caller(owner + ": " + name + " " + problem);
    }

    /** A caller's error about an argument whose value is not what is {@code wanted}. */
    public CoveyException wrong(String name, String wanted) {
        return error(
                name, (given.get(name) == null ? "is missing" : "is " + given.get(name)) + ", it must be " + wanted);
    }

    /** Whether there is such an argument with a value that is not null. */
    public boolean has(String name) {
        return isDeclared ? given.get(name) != null : raw(name) != null;
    }

    /** The value as given or declared, null when it is missing. */
    public Object raw(String name) {
        return raw(name, null);
    }

    /** The value as given, or {@code defaultValue} when it is missing or null. */
    public Object raw(String name, Object defaultValue) {
        Object value = given.get(name);
        if (isDeclared) {
            if (!given.containsKey(name)) {
                throw new IllegalArgumentException(owner + " has no argument " + name);
            }
            return value == null ? defaultValue : value;
        }
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

    /** Null when it is missing. */
    public String text(String name) {
        return text(name, null);
    }

    public String text(String name, String defaultValue) {
        Object value = raw(name, defaultValue);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "a text");
    }

    /** A list of texts, empty when it is missing. */
    public List<String> texts(String name) {
        if (raw(name, List.of()) instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        throw wrong(name, "a list of texts");
    }

    /** One of the given words. */
    public String choice(String name, String defaultValue, String... words) {
        String value = text(name, defaultValue);
        if (!List.of(words).contains(value)) {
            throw error(name, "is " + value + NearestName.advice(value, List.of(words)));
        }
        return value;
    }

    /** A boolean that must be given or declared. */
    public boolean flag(String name) {
        return flag(name, raw(name));
    }

    public boolean flag(String name, boolean defaultValue) {
        return flag(name, raw(name, defaultValue));
    }

    private boolean flag(String name, Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false");
    }

    /** A finite number that must be given or declared. */
    public double real(String name) {
        return finite(name, raw(name));
    }

    /** A finite number. */
    public double real(String name, double defaultValue) {
        return finite(name, raw(name, defaultValue));
    }

    /** A real number in [least, most]; one without a default must be given. */
    public double real(String name, double defaultValue, double least, double most) {
        if (Double.isNaN(defaultValue) && !has(name)) {
            throw error(name, "is missing, it must be a number between " + least + " and " + most);
        }
        double value = number(name, raw(name, defaultValue));
        if (!(value >= least && value <= most)) {
            throw error(name, "is " + value + ", it must be between " + least + " and " + most);
        }
        return value;
    }

    /** A finite number, null when it is missing and the default is null. */
    public Double optionalReal(String name, Double defaultValue) {
        Object value = raw(name, defaultValue);
        return value == null ? null : Double.valueOf(finite(name, value));
    }

    /** Finite numbers, or one alone, that must be given. */
    public double[] reals(String name) {
        return optionalReals(name).orElseThrow(() -> wrong(name, "a list of numbers"));
    }

    /** Finite numbers, or one alone; empty when they are missing. */
    public Optional<double[]> optionalReals(String name) {
        Object value = raw(name);
        if (value == null) {
            return Optional.empty();
        }
        List<?> list = value instanceof List<?> written ? written : List.of(value);
        return Optional.of(list.stream().mapToDouble(each -> finite(name, each)).toArray());
    }

    /** An integer that must be given or declared. */
    public int integer(String name) {
        return integer(name, raw(name));
    }

    public int integer(String name, int defaultValue) {
        return integer(name, raw(name, defaultValue));
    }

    /** Empty when it is missing. */
    public OptionalInt optionalInteger(String name) {
        return has(name) ? OptionalInt.of(integer(name)) : OptionalInt.empty();
    }

    /** An integer of 64 bits. */
    public long whole(String name, long defaultValue) {
        return whole(name, raw(name, defaultValue));
    }

    /** An integer of at least {@code least}, that must be given or declared. */
    public int atLeast(String name, int least) {
        int value = integer(name);
        if (value < least) {
            throw wrong(name, "at least " + least);
        }
        return value;
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
            Arrays.fill(all, integer(name, value));
            return all;
        }
        if (value instanceof List<?> list && (count < 0 || list.size() == count)) {
            return list.stream().mapToInt(each -> integer(name, each)).toArray();
        }
        throw wrong(name, count < 0 ? "a list of integers" : "an integer or a list of " + count);
    }

    private double finite(String name, Object value) {
        double number = number(name, value);
        if (!Double.isFinite(number)) {
            throw wrong(name, "finite");
        }
        return number;
    }

    private double number(String name, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number");
    }

    private int integer(String name, Object value) {
        long whole = whole(name, value);
        if (whole != (int) whole) {
            throw wrong(name, "an integer of 32 bits");
        }
        return (int) whole;
    }

    private long whole(String name, Object value) {
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && Math.abs(number.doubleValue()) <= EXACT) {
            return number.longValue();
        }
        throw wrong(name, "an integer");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arguments arguments && owner.equals(arguments.owner) && given.equals(arguments.given);
    }

    @Override
    public int hashCode() {
        return Objects.hash(owner, given);
    }

    @Override
    public String toString() {
        return owner + given;
    }
}
