package io.covey.spark.job;

import java.util.List;

/**
 * A job that differs from the one that its file describes.
 *
 * @param name of its run folder and in the table of results
 * @param settings {@code key.path=value}, the value in YAML
 */
record Variant(String name, List<String> settings) {
    private static final Key<Variant, String> NAME =
            Key.required("name", ScalarTypes.NAME, Variant::name, "name of the variant");
    private static final Key<Variant, List<String>> SET =
            Key.optional("set", new SettingsType(), Variant::settings, List.of(), "settings of the job's keys");

    static final Section<Variant> SECTION =
            new Section<>(v -> new Variant(v.get(NAME), v.get(SET)), List.of(NAME, SET));

    Variant {
        settings = List.copyOf(settings);
    }
}
