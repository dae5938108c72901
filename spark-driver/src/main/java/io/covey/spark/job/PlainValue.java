package io.covey.spark.job;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A YAML node as Java's maps, lists, text, numbers and booleans, by the core schema of YAML 1.2. */
final class PlainValue {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private static final Set<String> BOOLEANS = Set.of("true", "True", "TRUE", "false", "False", "FALSE");

    private PlainValue() {}

    static Object of(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            Map<String, Object> map = new LinkedHashMap<>();
            mapping.entries().forEach((name, entry) -> map.put(name, of(entry.value())));
            return map;
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<Object> list = new ArrayList<>();
            sequence.items().forEach(item -> list.add(of(item)));
            return list;
        }
        return node == null ? null : scalar((YamlNode.Scalar) node);
    }

    /** Whether a scalar without quotes is true or false: Python's way to write them is YAML's, too. */
    static boolean isBoolean(String text) {
        return BOOLEANS.contains(text);
    }

    private static Object scalar(YamlNode.Scalar scalar) {
        String text = scalar.text();
        if (scalar.isNull()) {
            return null;
        }
        if (scalar.quoted()) {
            return text;
        }
        if (isBoolean(text)) {
            return Boolean.valueOf(text);
        }
        if (INTEGER.matcher(text).matches()) {
            BigInteger value = new BigInteger(text);
            if (value.bitLength() < Long.SIZE) {
                return value.bitLength() < Integer.SIZE ? (Object) value.intValue() : (Object) value.longValue();
            }
        }
        return NUMBER.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
    }
}
