package io.covey.trainer.callbacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Traces of real Keras' callbacks. */
final class Golden {
    private Golden() {}

    static JsonNode manifest(String testCase) throws IOException {
        return new ObjectMapper().readTree(text(testCase, "manifest.json"));
    }

    static String text(String testCase, String file) throws IOException {
        String resource = "/golden/callbacks/" + testCase + "/" + file;
        try (InputStream input = Objects.requireNonNull(Golden.class.getResourceAsStream(resource), resource)) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
