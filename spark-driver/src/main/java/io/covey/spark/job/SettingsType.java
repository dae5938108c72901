package io.covey.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Settings of keys of the job, written {@code {key.path: value, ...}}; read as {@code --set} takes them, {@code key.path=value}. */
record SettingsType() implements Type<List<String>> {
    /** What means the same without quotes, wherever it stands. */
    private static final Pattern PLAIN = Pattern.compile("[-+]?\\.?[A-Za-z0-9][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*");

    @Override
    public String label() {
        return "section of key paths";
    }

    @Override
    public List<String> read(YamlNode node, String path, Reading reading) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            reading.problems().add(path, "is " + node.shown() + ", wanted settings like {fit.epochs: 2}");
            return null;
        }
        List<String> settings = new ArrayList<>();
        mapping.entries().forEach((key, entry) -> settings.add(key + "=" + flow(entry.value())));
        return List.copyOf(settings);
    }

    /** The node in one line, numbers with all their digits: {@code 1.10} may be a name. */
    private static String flow(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries().entrySet().stream()
                    .map(entry ->
                            flow(entry.getKey()) + ": " + flow(entry.getValue().value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items().stream().map(SettingsType::flow).collect(Collectors.joining(", ", "[", "]"));
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        if (scalar.isNull()) {
            return "null";
        }
        return scalar.quoted() ? quote(scalar.text()) : flow(scalar.text());
    }

    private static String flow(String text) {
        return PLAIN.matcher(text).matches() ? text : quote(text);
    }

    private static String quote(String text) {
        DumperOptions options = new DumperOptions();
        options.setDefaultScalarStyle(DumperOptions.ScalarStyle.DOUBLE_QUOTED);
        options.setWidth(Integer.MAX_VALUE);
        options.setSplitLines(false);
        return new Yaml(options).dump(text).strip();
    }

    @Override
    public Object write(List<String> value, Form form) {
        return value;
    }
}
