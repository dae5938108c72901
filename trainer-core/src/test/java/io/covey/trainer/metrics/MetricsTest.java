package io.covey.trainer.metrics;

import io.covey.trainer.CoveyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class MetricsTest {
    @ParameterizedTest
    @CsvSource({"accuracy", "acc", "mae", "MSE", "AUC", "LogCoshError", "top_k_categorical_accuracy"})
    void shouldBeLoggedUnderTheNameThatCompileGives(String name) {
        assertEquals(name, Metrics.of(name).name());
    }

    @Test
    void shouldBeLoggedUnderTheNameOfItsClassWhenItHasArguments() {
        assertEquals("auc", Metrics.of("AUC", Map.of("curve", "PR")).name());
        assertEquals("logcosh", Metrics.ofClass("LogCoshError", Map.of()).name());
        assertEquals(
                "pr", Metrics.of("AUC", Map.of("curve", "PR", "name", "pr")).name());
    }

    @Test
    void shouldSayWhatIsWrongWhenNameArgumentOrShapeIs() {
        assertMessage(
                "metric MeanMetricWrapper is not made by its name: functions cannot be named",
                () -> Metrics.of("MeanMetricWrapper"));
        assertMessage("metric accurracy is not known; did you mean", () -> Metrics.of("accurracy"));
        assertMessage(
                "metric auc has no argument num_treshold; did you mean num_thresholds?",
                () -> Metrics.of("auc", Map.of("num_treshold", 3)));
        assertMessage("thresholds is [0.5, 2], it must be between 0 and 1", () -> Metrics.of(
                        "precision", Map.of("thresholds", List.of(0.5, 2)))
                .check(new int[] {1}, new int[] {1}));
        assertMessage("curve is XY, it must be one of roc, pr, prgain", () -> Metrics.of("auc", Map.of("curve", "XY"))
                .check(new int[] {1}, new int[] {1}));
        assertMessage("num_classes is missing, it must be an integer", () -> Metrics.of("mean_io_u")
                .check(new int[] {}, new int[] {}));
        assertMessage("axis is 1, it must be -1", () -> Metrics.of("mean_io_u", Map.of("num_classes", 2, "axis", 1))
                .check(new int[] {2}, new int[] {2}));
        assertMessage("y_true of shape (None, 3) does not fit y_pred of shape (None, 4)", () -> Metrics.of("accuracy")
                .check(new int[] {3}, new int[] {4}));
    }

    private static void assertMessage(String message, Runnable mistake) {
        CoveyException e = assertThrows(CoveyException.class, mistake::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }

    @Test
    void shouldBeEqualWhenSerializedOrMadeFromItsConfig() throws Exception {
        Metric metric = Metrics.of("precision", Map.of("thresholds", List.of(0.2, 0.7), "name", "p"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(metric);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(metric, in.readObject());
        }
        assertEquals(metric, Metrics.ofClass(metric.className(), metric.config()));
    }

    @Test
    void shouldTakeLogitsWhenItIsACrossentropyAfterSoftmax() {
        assertEquals(
                true,
                Metrics.of("bce")
                        .onCachedLogits("sigmoid")
                        .orElseThrow()
                        .config()
                        .get("from_logits"));
        assertTrue(Metrics.of("sparse_categorical_crossentropy", Map.of("ignore_class", 1))
                .onCachedLogits("softmax")
                .isEmpty());
        assertTrue(Metrics.of("accuracy").onCachedLogits("softmax").isEmpty());
    }

    @Test
    void shouldKeepTheOrderOfThresholdsWhenTheyAreNotSorted() {
        MetricFunction function = Metrics.of("true_positives", Map.of("thresholds", List.of(0.9, 0.1, 0.5)))
                .newFunction(new int[] {1}, new int[] {1}, 3);
        double[] state = new double[function.stateLength()];
        function.update(new float[] {1, 1, 0}, new float[] {0.6f, 0.95f, 0.99f}, 3, null, state, 0);
        assertArrayEquals(new double[] {1, 2, 2}, function.result(state, 0));
    }
}
