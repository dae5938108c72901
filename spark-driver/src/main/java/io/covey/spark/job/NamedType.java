package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of something of Keras' with its arguments, written {@code NAME} or {@code {NAME: {argument: value, ...}}}. What
 * names and arguments there are is known to the part of the trainer that makes the thing.
 *
 * @param noun what is named, for example {@code layer}
 * @param extra arguments that are the job file's and not the thing's
 * @param paths arguments that are paths, relative to the job file
 * @param maker makes the thing, so that a mistake shows; the result is dropped
 */
record NamedType(String noun, Set<String> extra, Set<String> paths, Maker maker) implements Type<Named> {
    /** Makes a thing, or refuses with a caller's error. */
    @FunctionalInterface
    interface Maker {
        Object make(String name, Map<String, Object> arguments);
    }

    @Override
    public String label() {
        return noun;
    }

    @Override
    public Named read(YamlNode node, String path, Reading reading) {
        String name;
        YamlNode options = null;
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
            name = scalar.text();
        } else if (node instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
            name = mapping.entries().keySet().iterator().next();
            YamlNode.Entry entry = mapping.entries().get(name);
            options = entry.value();
            reading.problems().locate(KeyPath.child(path, name), entry.origin());
        } else {
            String shown = node instanceof YamlNode.Mapping mapping
                    ? "a section of " + mapping.entries().size() + " keys"
                    : node.shown();
            reading.problems()
                    .add(path, "is " + shown + ", wanted the name of one " + noun + " or {name: {argument: value}}");
            return null;
        }
        return make(name, options, KeyPath.child(path, name), reading);
    }

    private Named make(String name, YamlNode options, String path, Reading reading) {
        if (!YamlNode.isAbsent(options) && !(options instanceof YamlNode.Mapping)) {
            reading.problems()
                    .add(path, "is " + options.shown() + ", wanted arguments as in {" + name + ": {argument: value}}");
            return null;
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (options instanceof YamlNode.Mapping mapping) {
            mapping.entries().forEach((argument, entry) -> {
                reading.problems().locate(KeyPath.child(path, argument), entry.origin());
                Object value = PlainValue.of(entry.value());
                boolean isPath = paths.contains(argument) && value instanceof String;
                arguments.put(argument, isPath ? PathType.resolve(reading.folder(), (String) value) : value);
            });
        }
        Map<String, Object> own = new LinkedHashMap<>(arguments);
        own.keySet().removeAll(extra);
        try {
            maker.make(name, own);
        } catch (CoveyException | IllegalArgumentException e) {
            Optional<String> argument = own.keySet().stream()
                    .filter(each -> Pattern.compile("\\b" + Pattern.quote(each) + "\\b")
                            .matcher(e.getMessage())
                            .find())
                    .findFirst();
            reading.problems()
                    .add(argument.map(each -> KeyPath.child(path, each)).orElse(path), e.getMessage());
            return null;
        }
        return new Named(name, arguments);
    }

    @Override
    public Object write(Named value, Form form) {
        return value.arguments().isEmpty() ? value.name() : Map.of(value.name(), value.arguments());
    }
}
