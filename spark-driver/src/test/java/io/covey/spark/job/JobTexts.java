package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Job files of the tests. */
final class JobTexts {
    /** The shortest job: everything that has a default is left out. */
    static final String MINIMAL = """
            model:
              input_shape: [4]
              sequential:
                - dense: {units: 3, activation: softmax}
            data:
              train: {format: idx, images: x, labels: y}
            compile:
              optimizer: sgd
              loss: sparse_categorical_crossentropy
            fit:
              epochs: 2
            """;

    private JobTexts() {}

    /** The job file of the design: the MLP on MNIST. */
    static String mlp() {
        try (InputStream in = JobTexts.class.getResourceAsStream("mlp.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JobConfig parse(String text, String... overrides) {
        return JobFile.parse("mlp.yaml", text, "/jobs", List.of(overrides));
    }

    /** The whole message of the refusal of a job. */
    static String refusal(String text, String... overrides) {
        CoveyException e = assertThrows(CoveyException.class, () -> parse(text, overrides));
        assertEquals(CoveyException.Category.CALLER, e.category());
        return e.getMessage();
    }
}
