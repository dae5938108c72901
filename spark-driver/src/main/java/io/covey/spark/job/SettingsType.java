package io.covey.spark.job;

import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Settings of keys of the job, written {@code {key.path: value, ...}}; read as {@code --set} takes them, {@code key.path=value}. */
record SettingsType() implements Type<List<String>> {
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
        mapping.entries().forEach((key, entry) -> settings.add(key + "=" + flow(PlainValue.of(entry.value()))));
        return List.copyOf(settings);
    }

    private static String flow(Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.FLOW);
        options.setWidth(Integer.MAX_VALUE);
        options.setSplitLines(false);
        return new Yaml(options).dump(value).strip();
    }

    @Override
    public Object write(List<String> value, Form form) {
        return value;
    }
}
