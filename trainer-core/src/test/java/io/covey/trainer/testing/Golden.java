package io.covey.trainer.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** A case recorded from real Keras: a folder of the test resources with a manifest. */
public final class Golden {
    /** Tolerance as a multiple of the recorded float32 rounding noise. */
    public static final double NOISE_FACTOR = 10;

    private final String folder;
    private final JsonNode manifest;

    private Golden(String folder, JsonNode manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /** @param name for example {@code models/seed_mlp} */
    public static Golden read(String name) {
        String folder = "/golden/" + name + "/";
        try (InputStream in = Golden.class.getResourceAsStream(folder + "manifest.json")) {
            return new Golden(folder, new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The manifest's node at a JSON pointer. */
    public JsonNode at(String pointer) {
        JsonNode node = manifest.at(pointer);
        if (node.isMissingNode()) {
            throw new IllegalArgumentException(folder + "manifest.json has nothing at " + pointer);
        }
        return node;
    }

    /** The array file that the manifest's node at a JSON pointer refers to. */
    public NpyFile array(String pointer) {
        JsonNode node = at(pointer);
        String resource = folder + node.path("file").asText();
        URL url = Golden.class.getResource(resource);
        if (url == null) {
            throw new IllegalArgumentException("no test resource " + resource);
        }
        try {
            return NpyFile.read(Path.of(url.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
