package io.covey.trainer.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

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

    /** Resource name of the array that the manifest's node at a JSON pointer refers to. */
    public String file(String pointer) {
        return folder + at(pointer + "/file").asText();
    }

    public NpyFile array(String pointer) {
        return NpyFile.read(file(pointer));
    }
}
