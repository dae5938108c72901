package io.covey.spark.job;

import io.covey.spark.job.JobConfig.Servers;
import java.util.Map;

/** The server shards: a number of them on the workers, or {@code {dedicated: n}} for one in each of n tasks of their own. */
record ServersType() implements Type<Servers> {
    private static final String DEDICATED = "dedicated";
    private static final ScalarType<Integer> COUNT = ScalarTypes.integer(1);

    @Override
    public String label() {
        return COUNT.label() + " or {dedicated: " + COUNT.label() + "}";
    }

    @Override
    public Servers read(YamlNode node, String path, Reading reading) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            Integer shards = COUNT.read(node, path, reading);
            return shards == null ? null : new Servers(shards, false);
        }
        YamlNode.Entry entry = mapping.entries().get(DEDICATED);
        if (entry == null || mapping.entries().size() > 1) {
            reading.problems().add(path, "has the keys " + mapping.entries().keySet() + ", wanted " + label());
            return null;
        }
        String inner = KeyPath.child(path, DEDICATED);
        reading.problems().locate(inner, entry.origin());
        Integer servers = COUNT.read(entry.value(), inner, reading);
        return servers == null ? null : new Servers(servers, true);
    }

    @Override
    public Object write(Servers value, Form form) {
        return value.dedicated() ? Map.of(DEDICATED, value.shards()) : value.shards();
    }
}
