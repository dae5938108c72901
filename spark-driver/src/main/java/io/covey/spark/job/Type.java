package io.covey.spark.job;

/** What a key's value is: how it is read, checked, written and described. Immutable. */
sealed interface Type<T>
        permits ScalarType,
                PathType,
                ListType,
                Section,
                NamedType,
                OneOrMany,
                ClassWeightType,
                ValidationFreqType,
                ServersType,
                SettingsType {
    /** For whom a value is written. */
    enum Form {
        /** A job file with everything filled in, which reads back to the same settings. */
        YAML,
        /** What decides the bits of a run and nothing else: the same wherever the job runs. */
        CANONICAL
    }

    /** A few words for the reference table, for example {@code integer >= 1}. */
    String label();

    /**
     * Reads a node.
     *
     * @param node not absent
     * @param path of the key, for messages
     * @return null after at least one problem was added
     */
    T read(YamlNode node, String path, Reading reading);

    /** The value as maps, lists, text, numbers and booleans. */
    Object write(T value, Form form);
}
