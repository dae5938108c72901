package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The arguments of a Keras object by name: those given, defaults for the others, in the defaults' order. Values are numbers,
 * texts, booleans, lists of numbers or null. Immutable. A value of the wrong kind is a caller's error when it is read.
 */
public final class DeclaredArguments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String owner;
    private final LinkedHashMap<String, Object> values;

    private DeclaredArguments(String owner, Map<String, Object> values) {
        this.owner = owner;
        this.values = new LinkedHashMap<>(values);
    }

    /**
     * @param owner what the arguments belong to, for messages, for example {@code loss huber}
     * @param defaults every argument that exists, with its default
     * @throws CoveyException a caller's error for a given argument that does not exist
     */
    public static DeclaredArguments of(String owner, Map<String, ?> defaults, Map<String, ?> given) {
        LinkedHashMap<String, Object> values = new LinkedHashMap<>(defaults);
        for (Map.Entry<String, ?> argument : given.entrySet()) {
            if (!defaults.containsKey(argument.getKey())) {
                throw CoveyException.caller(owner + " has no argument " + argument.getKey()
                        + NearestName.advice(argument.getKey(), defaults.keySet()));
            }
            Object value = argument.getValue();
            values.put(argument.getKey(), value instanceof List<?> list ? List.copyOf(list) : value);
        }
        return new DeclaredArguments(owner, values);
    }

    /** Defaults in the order written: name, value, name, value, ... */
    public static Map<String, Object> defaults(Object... namesAndValues) {
        LinkedHashMap<String, Object> defaults = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            defaults.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(defaults);
    }

    /** These arguments with another value for one of them. */
    public DeclaredArguments with(String name, Object value) {
        return of(owner, values, Collections.singletonMap(name, value));
    }

    /** True or false. */
    public boolean flag(String name) {
        if (value(name) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false");
    }

    /** A number. */
    public double number(String name) {
        if (value(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number");
    }

    /** A number with {@code min <= value <= max}. */
    public double number(String name, double min, double max) {
        double number = number(name);
        if (number >= min && number <= max) {
            return number;
        }
        throw wrong(name, "between " + min + " and " + max);
    }

    /** Empty for null, which is Python's None. */
    public OptionalInt optionalInteger(String name) {
        Object value = value(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (value instanceof Number number && number.doubleValue() == number.intValue()) {
            return OptionalInt.of(number.intValue());
        }
        throw wrong(name, "an integer");
    }

    /** A whole number. */
    public int integer(String name) {
        return optionalInteger(name).orElseThrow(() -> wrong(name, "an integer"));
    }

    /** An integer of at least {@code min}. */
    public int integer(String name, int min) {
        int integer = integer(name);
        if (integer >= min) {
            return integer;
        }
        throw wrong(name, "at least " + min);
    }

    /** Empty for null. */
    public Optional<String> text(String name) {
        Object value = value(name);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw wrong(name, "a text");
    }

    /** A number or a list of numbers, as an array; empty for null. */
    public Optional<double[]> numbers(String name) {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        List<?> list = value instanceof List<?> given ? given : List.of(value);
        double[] numbers = new double[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Number number)) {
                throw wrong(name, "a number or a list of numbers");
            }
            numbers[i] = number.doubleValue();
        }
        return Optional.of(numbers);
    }

    /** All arguments, in the order of the defaults. */
    public Map<String, Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    /** The caller's error for an argument whose value is not what is {@code wanted}. */
    public CoveyException wrong(String name, String wanted) {
        return CoveyException.caller(owner + ": " + name + " is " + values.get(name) + ", it must be " + wanted);
    }

    private Object value(String name) {
        if (!values.containsKey(name)) {
            throw new IllegalArgumentException(owner + " has no argument " + name);
        }
        return values.get(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeclaredArguments arguments
                && owner.equals(arguments.owner)
                && values.equals(arguments.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(owner, values);
    }

    @Override
    public String toString() {
        return owner + values;
    }
}
