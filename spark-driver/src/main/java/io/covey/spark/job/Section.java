package io.covey.spark.job;

import io.covey.trainer.config.NearestName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A section of a job file: keys, and the settings that their values become. */
final class Section<R> implements Type<R> {
    private final Map<String, Key<R, ?>> keys = new LinkedHashMap<>();
    private final Function<Values, R> constructor;
    private final Map<String, String> elsewhere;

    /**
     * A section with these keys.
     *
     * @param constructor makes the settings of values that are right one by one; returns null after it added a problem
     */
    Section(Function<Values, R> constructor, List<Key<R, ?>> keys) {
        this(constructor, keys, Map.of());
    }

    /** @param elsewhere names that are no keys though Keras has them as arguments, and what takes their place */
    Section(Function<Values, R> constructor, List<Key<R, ?>> keys, Map<String, String> elsewhere) {
        this.constructor = constructor;
        this.elsewhere = Map.copyOf(elsewhere);
        keys.forEach(key -> this.keys.put(key.name(), key));
    }

    Collection<Key<R, ?>> keys() {
        return keys.values();
    }

    /** The key of this name, or null. */
    Key<R, ?> key(String name) {
        return keys.get(name);
    }

    /** What is wrong about a name that is not among the keys. */
    String unknown(String name) {
        if (elsewhere.containsKey(name)) {
            return "is no key: " + elsewhere.get(name);
        }
        return keys.isEmpty()
                ? "unknown key; there are no options"
                : "unknown key" + NearestName.advice(name, keys.keySet());
    }

    @Override
    public String label() {
        return "section";
    }

    @Override
    public R read(YamlNode node, String path, Reading reading) {
        int before = reading.problems().count();
        Values values = readValues(node, path, reading);
        return reading.problems().count() > before ? null : construct(values);
    }

    /** Reads every key and reports what is wrong with each alone. */
    Values readValues(YamlNode node, String path, Reading reading) {
        Map<String, Object> values = new HashMap<>();
        if (!(node instanceof YamlNode.Mapping mapping)) {
            reading.problems()
                    .add(
                            path,
                            "is " + node.shown() + ", wanted a section with the keys "
                                    + String.join(", ", keys.keySet()));
            return new Values(path, values, reading);
        }
        Set<String> misspelt = new HashSet<>();
        mapping.entries().forEach((name, entry) -> {
            String keyPath = KeyPath.child(path, name);
            reading.problems().locate(keyPath, entry.origin());
            if (!keys.containsKey(name)) {
                reading.problems().add(keyPath, unknown(name));
                NearestName.of(name, keys.keySet()).ifPresent(misspelt::add);
            }
        });
        for (Key<R, ?> key : keys.values()) {
            YamlNode.Entry entry = mapping.entries().get(key.name());
            if (entry != null || !misspelt.contains(key.name())) {
                YamlNode value = entry == null ? null : entry.value();
                values.put(key.name(), key.read(value, KeyPath.child(path, key.name()), reading));
            }
        }
        return new Values(path, values, reading);
    }

    /** The settings of values that are right one by one; null after a problem. */
    R construct(Values values) {
        return constructor.apply(values);
    }

    @Override
    public Map<String, Object> write(R settings, Form form) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Key<R, ?> key : keys.values()) {
            Object value = form == Form.CANONICAL && !key.isHashed(settings) ? null : key.write(settings, form);
            if (value != null) {
                tree.put(key.name(), value);
            }
        }
        return tree;
    }
}
