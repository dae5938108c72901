package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.testing.NpyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A folder with a manifest, recorded from real Keras; remembers which of the manifest's fields were read. */
final class GoldenCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> IDENTITY = Set.of("schema", "group", "case");
    private static final int SCHEMA = 1;

    private final Path folder;
    private final JsonNode manifest;
    private final Set<String> read = new HashSet<>(IDENTITY);

    private GoldenCase(Path folder, JsonNode manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    static GoldenCase read(Path folder) {
        try {
            GoldenCase golden =
                    new GoldenCase(folder, JSON.readTree(Files.readString(folder.resolve("manifest.json"))));
            if (golden.manifest.path("schema").asInt() != SCHEMA) {
                throw new IllegalArgumentException(
                        folder + ": schema " + golden.manifest.path("schema") + ", this suite knows " + SCHEMA);
            }
            return golden;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    Path folder() {
        return folder;
    }

    /** The top-level field {@code field}. */
    JsonNode get(String field) {
        read.add(field);
        if (!manifest.has(field)) {
            throw new IllegalArgumentException(folder + ": the manifest has no field " + field);
        }
        return manifest.get(field);
    }

    boolean has(String field) {
        return manifest.has(field);
    }

    /** Marks fields that say nothing about results, for example remarks and versions. */
    void skip(String... fields) {
        read.addAll(List.of(fields));
    }

    /** The array that a node of the manifest refers to. */
    NpyFile array(JsonNode reference) {
        return NpyFile.read(folder.resolve(reference.path("file").asText()));
    }

    /** Fields of the manifest that nobody has read. */
    List<String> unread() {
        List<String> names = new ArrayList<>();
        manifest.fieldNames().forEachRemaining(names::add);
        names.removeAll(read);
        return names;
    }

    /** A number, which the manifests write as a string when it is not finite. */
    static double number(JsonNode node) {
        return node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble();
    }
}
