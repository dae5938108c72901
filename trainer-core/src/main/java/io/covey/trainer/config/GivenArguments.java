package io.covey.trainer.config;

import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named arguments as they stand in Keras' JSON or a YAML job file, read one by one; {@link #end} refuses what nobody asked
 * for. Values are numbers, booleans, text, lists, maps or null; text is parsed. Not thread-safe.
 */
public final class GivenArguments {
    private final String owner;
    private final Map<String, Object> values;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param owner what the arguments belong to, for messages, for example {@code optimizer adam} */
    public GivenArguments(String owner, Map<String, ?> values) {
        this.owner = owner;
        this.values = new LinkedHashMap<>(values);
    }

    /** What the arguments belong to. */
    public String owner() {
        return owner;
    }

    /** The value as it stands, null when it is missing. */
    public Object get(String name) {
        known.add(name);
        return values.get(name);
    }

    /** Whether there is a value, and it is not null or Keras' {@code None}. */
    public boolean has(String name) {
        Object value = get(name);
        return value != null && !"null".equals(value) && !"None".equals(value);
    }

    /** Accepts an argument that decides nothing here, for example Keras' {@code name}. */
    public GivenArguments ignore(String name) {
        known.add(name);
        return this;
    }

    /** A finite number that must be given. */
    public double number(String name) {
        if (!has(name)) {
            throw CoveyException.caller(owner + " needs " + name);
        }
        return number(name, values.get(name));
    }

    /** A finite number, {@code defaultValue} when it is missing. */
    public Double number(String name, Double defaultValue) {
        return has(name) ? Double.valueOf(number(name, values.get(name))) : defaultValue;
    }

    /** A whole number, {@code defaultValue} when it is missing. */
    public Long integer(String name, Long defaultValue) {
        if (!has(name)) {
            return defaultValue;
        }
        double number = number(name, values.get(name));
        if (number != Math.rint(number) || Math.abs(number) > 1L << 53) {
            throw wrong(name, "a whole number");
        }
        return (long) number;
    }

    /** A boolean, {@code defaultValue} when it is missing. */
    public boolean bool(String name, boolean defaultValue) {
        if (!has(name)) {
            return defaultValue;
        }
        return switch (String.valueOf(values.get(name))) {
            case "true", "True" -> true;
            case "false", "False" -> false;
            default -> throw wrong(name, "true or false");
        };
    }

    /** Text, {@code defaultValue} when it is missing. */
    public String text(String name, String defaultValue) {
        return has(name) ? String.valueOf(values.get(name)) : defaultValue;
    }

    /** A list of numbers that must be given. */
    public List<Double> numbers(String name) {
        if (!(get(name) instanceof List<?> list)) {
            throw wrong(name, "a list of numbers");
        }
        return list.stream().map(value -> number(name, value)).toList();
    }

    /** A list of whole numbers, or one; {@code defaultValue} when it is missing. */
    public List<Integer> integers(String name, List<Integer> defaultValue) {
        if (!has(name)) {
            return defaultValue;
        }
        List<?> list = values.get(name) instanceof List<?> given ? given : List.of(values.get(name));
        List<Integer> integers = new ArrayList<>();
        for (Object value : list) {
            double number = number(name, value);
            if (number != (int) number) {
                throw wrong(name, "whole numbers");
            }
            integers.add((int) number);
        }
        return List.copyOf(integers);
    }

    /** A list of texts, empty when it is missing. */
    public List<String> texts(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!(values.get(name) instanceof List<?> list)) {
            throw wrong(name, "a list of texts");
        }
        return list.stream().map(String::valueOf).toList();
    }

    /** The error of a value that is not what it must be. */
    public CoveyException wrong(String name, String wanted) {
        return CoveyException.caller(owner + ": " + name + " is " + values.get(name) + ", it must be " + wanted);
    }

    /**
     * Refuses arguments that nobody has asked for.
     *
     * @throws CoveyException a caller's error that names the argument and the one that was probably meant
     */
    public void end() {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw CoveyException.caller(owner + " has no argument " + name + NearestName.advice(name, known));
            }
        }
    }

    private double number(String name, Object value) {
        double number;
        if (value instanceof Number given) {
            number = given.doubleValue();
        } else {
            try {
                number = Double.parseDouble(String.valueOf(value));
            } catch (NumberFormatException e) {
                throw wrong(name, "a number");
            }
        }
        if (!Double.isFinite(number)) {
            throw wrong(name, "finite");
        }
        return number;
    }
}
