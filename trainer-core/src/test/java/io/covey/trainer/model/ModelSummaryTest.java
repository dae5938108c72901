package io.covey.trainer.model;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
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

    @Test
    void shouldWrapCellsAsKeras3WhenTheyAreTooLong() {
        SymbolicTensor input = SymbolicTensor.input("a_rather_long_input_name_which_wraps", List.of(4));
        Layer layer = dense("a_dense_layer_with_a_long_name_x", 3, Activation.LINEAR);
        Model model = Model.functional("functional_3", List.of(input), List.of(layer.apply(input)));
        assertEquals("""
                Model: "functional_3"
                ┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
                ┃ Layer (type)        ┃ Output Shape   ┃ Param # ┃
                ┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
                │ a_rather_long_inpu… │ (None, 4)      │       0 │
                │ (InputLayer)        │                │         │
                ├─────────────────────┼────────────────┼─────────┤
                │ a_dense_layer_with… │ (None, 3)      │      15 │
                │ (Dense)             │                │         │
                └─────────────────────┴────────────────┴─────────┘
                 Total params: 15 (60.00 B)
                 Trainable params: 15 (60.00 B)
                 Non-trainable params: 0 (0.00 B)
                """, ModelSummary.keras3(model, new SummaryOptions(50, false, false, 0)));
    }

    @Test
    void shouldPutWordsOfTheHeadAtTheBottomWhenItWraps() {
        Model model = Model.sequential("sequential", List.of(1), List.of(dense("dense", 1, Activation.LINEAR)));
        assertEquals("""
                Model: "sequential"
                ┏━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━┓
                ┃                   ┃              ┃  Param ┃
                ┃ Layer (type)      ┃ Output Shape ┃      # ┃
                ┡━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━┩
                │ dense (Dense)     │ (None, 1)    │      2 │
                └───────────────────┴──────────────┴────────┘
                 Total params: 2 (8.00 B)
                 Trainable params: 2 (8.00 B)
                 Non-trainable params: 0 (0.00 B)
                """, ModelSummary.keras3(model, new SummaryOptions(45, false, false, 0)));
    }

    @Test
    void shouldNameAllConnectionsWhenALayerIsShared() {
        SymbolicTensor input = SymbolicTensor.input("i", List.of(4));
        Layer layer = dense("d", 4, Activation.LINEAR);
        Model model = Model.functional("functional_2", List.of(input), List.of(layer.apply(layer.apply(input))));
        assertEquals("""
                Model: "functional_2"
                ┏━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┓
                ┃ Layer (type)       ┃ Output Shape    ┃  Param # ┃ Connected to     ┃
                ┡━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━┩
                │ i (InputLayer)     │ (None, 4)       │        0 │ -                │
                ├────────────────────┼─────────────────┼──────────┼──────────────────┤
                │ d (Dense)          │ (None, 4)       │       20 │ i[0][0], d[0][0] │
                └────────────────────┴─────────────────┴──────────┴──────────────────┘
                 Total params: 20 (80.00 B)
                 Trainable params: 20 (80.00 B)
                 Non-trainable params: 0 (0.00 B)
                """, ModelSummary.keras3(model, new SummaryOptions(70, false, false, 0)));
    }
}
