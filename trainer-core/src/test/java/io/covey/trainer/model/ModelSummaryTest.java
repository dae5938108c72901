package io.covey.trainer.model;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class ModelSummaryTest {
    private static final Model MLP = Model.sequential(
            "sequential",
            List.of(28, 28),
            List.of(
                    new Flatten().named("input_layer"),
                    dense("hidden_layer1", 300, Activation.RELU),
                    dense("hidden_layer2", 200, Activation.RELU),
                    dense("hidden_layer3", 100, Activation.RELU),
                    dense("output_layer", 10, Activation.SOFTMAX)));

    private static Layer dense(String name, int units, Activation activation) {
        return new Dense(units, activation).named(name);
    }

    @ParameterizedTest
    @CsvSource({"65, summary_default.txt", "80, summary_80.txt", "100, summary_100.txt"})
    void shouldPrintKeras2TextWhenGivenAWidth(int width, String file) throws IOException {
        assertEquals(golden(file), ModelSummary.keras2(MLP, width));
    }

    @Test
    void shouldTakeKeras2WidthWhenNoneIsGiven() throws IOException {
        assertEquals(golden("summary_default.txt"), ModelSummary.keras2(MLP));
    }

    private static String golden(String file) throws IOException {
        String resource = "/golden/models/seed_mlp/keras2/" + file;
        try (InputStream input = Objects.requireNonNull(ModelSummaryTest.class.getResourceAsStream(resource))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
