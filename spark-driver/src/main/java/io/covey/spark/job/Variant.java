package io.covey.spark.job;

import io.covey.trainer.config.NearestName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A named choice with options, written {@code NAME} or {@code {NAME: {option: value, ...}}}, for example a layer. */
final class Variant<T> implements Type<T> {
    /**
     * One choice.
     *
     * @param doc one line for the reference
     */
    record Kind<T>(String name, Section<T> options, String doc) {}

    private final String noun;
    private final Map<String, Kind<T>> kinds = new LinkedHashMap<>();
    private final Function<T, String> nameOf;

    /**
     * A choice of {@code kinds}.
     *
     * @param noun what is chosen, for example {@code layer}
     * @param nameOf the name of a value's kind
     */
    Variant(String noun, Function<T, String> nameOf, List<Kind<T>> kinds) {
        this.noun = noun;
        this.nameOf = nameOf;
        kinds.forEach(kind -> this.kinds.put(kind.name(), kind));
    }

    Map<String, Kind<T>> kinds() {
        return kinds;
    }

    /** What is wrong about a name that is not among the kinds. */
    String unknown(String name) {
        return "unknown " + noun + NearestName.advice(name, kinds.keySet());
    }

    @Override
    public String label() {
        return noun;
    }

    @Override
    public T read(YamlNode node, String path, Reading reading) {
        String name;
        YamlNode options;
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
            name = scalar.text();
            options = YamlNode.Mapping.empty(scalar.origin());
        } else if (node instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
            name = mapping.entries().keySet().iterator().next();
            YamlNode.Entry entry = mapping.entries().get(name);
            options = YamlNode.isAbsent(entry.value()) ? YamlNode.Mapping.empty(entry.origin()) : entry.value();
            reading.problems().locate(KeyPath.child(path, name), entry.origin());
        } else {
            String shown = node instanceof YamlNode.Mapping mapping
                    ? "a section of " + mapping.entries().size() + " keys"
                    : node.shown();
            reading.problems()
                    .add(path, "is " + shown + ", wanted the name of one " + noun + " or {name: {option: value}}");
            return null;
        }
        Kind<T> kind = kinds.get(name);
        if (kind == null) {
            reading.problems().add(KeyPath.child(path, name), unknown(name));
            return null;
        }
        return kind.options().read(options, KeyPath.child(path, name), reading);
    }

    @Override
    public Object write(T value, Form form) {
        String name = nameOf.apply(value);
        return Map.of(name, kinds.get(name).options().write(value, form));
    }
}
