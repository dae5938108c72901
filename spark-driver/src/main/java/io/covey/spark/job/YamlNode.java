package io.covey.spark.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A YAML document as it was written, every part with its origin. Immutable. */
sealed interface YamlNode {
    Origin origin();

    /** The node as a message shows it. */
    String shown();

    /**
     * A single value.
     *
     * @param quoted whether quotes or a block make it text, whatever it looks like
     */
    record Scalar(String text, boolean quoted, Origin origin) implements YamlNode {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
        private static final int SHOWN_LENGTH = 60;

        boolean isNull() {
            return !quoted && NULLS.contains(text);
        }

        @Override
        public String shown() {
            String start = text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...";
            return quoted ? '"' + start + '"' : start;
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Origin origin) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        Sequence with(int index, YamlNode item) {
            List<YamlNode> changed = new ArrayList<>(items);
            changed.set(index, item);
            return new Sequence(changed, origin);
        }

        @Override
        public String shown() {
            return "a list";
        }
    }

    /** Keys, in the order of the file, and their values. */
    record Mapping(Map<String, Entry> entries, Origin origin) implements YamlNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** No keys. */
        static Mapping empty(Origin origin) {
            return new Mapping(Map.of(), origin);
        }

        Mapping with(String key, Entry entry) {
            Map<String, Entry> changed = new LinkedHashMap<>(entries);
            changed.put(key, entry);
            return new Mapping(changed, origin);
        }

        @Override
        public String shown() {
            return "a section";
        }
    }

    /**
     * A value and where its key stands.
     *
     * @param origin of the key
     */
    record Entry(Origin origin, YamlNode value) {}

    /** Whether nothing was given: no node, or YAML's null. */
    static boolean isAbsent(YamlNode node) {
        return node == null || (node instanceof Scalar scalar && scalar.isNull());
    }
}
