package io.covey.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files that TensorFlow itself wrote. */
final class Golden {
    private Golden() {}

    /** Path of {@code name} below the golden folder of the test resources. */
    static Path path(String name) {
        try {
            return Path.of(Golden.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The manifest of case {@code name}. */
    static JsonNode manifest(String name) {
        try {
            return new ObjectMapper()
                    .readTree(path(name).resolve("manifest.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the bundle {@code prefix} by name, the state file not included. */
    static Map<String, byte[]> bundle(Path prefix) {
        Map<String, byte[]> files = new TreeMap<>();
        String name = prefix.getFileName().toString();
        try (Stream<Path> entries = Files.list(prefix.getParent())) {
            for (Path file : entries.toList()) {
                if (file.getFileName().toString().startsWith(name + ".")) {
                    files.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
