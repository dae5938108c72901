package io.covey.trainer.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** States of any split of the samples add up to the state of all of them. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MetricMergeTest {
    private static final long SEED = 17;
    private static final int ROWS = 97;
    private static final int CLASSES = 4;
    private static final int SPLITS = 20;
    private static final double DOUBLE_ROUNDING = 1e-12;

    @ParameterizedTest
    @EnumSource(MetricType.class)
    void shouldGiveTheSameStateWhenSamplesAreSplitAnyhow(MetricType type) {
        Random random = new Random(SEED);
        Metric metric = metric(type);
        int[] predShape = {CLASSES};
        int[] trueShape = metric.className().startsWith("Sparse") ? new int[0] : predShape;
        MetricFunction function = metric.newFunction(trueShape, predShape, ROWS);
        int trueWidth = function.layout().trueWidth() * function.layout().positionsPerRow();
        float[] yTrue = new float[ROWS * trueWidth];
        for (int i = 0; i < yTrue.length; i++) {
            // No row of equal numbers, which have no correlation.
            boolean second = trueWidth > 1 && i % CLASSES == 1;
            int target = random.nextInt(trueWidth == 1 ? CLASSES : 2);
            yTrue[i] = second ? 1 - yTrue[i - 1] : target;
        }
        float[] yPred = new float[ROWS * CLASSES];
        for (int i = 0; i < yPred.length; i++) {
            yPred[i] = random.nextInt(9) / 8f + (i % CLASSES == 0 ? 1 / 16f : 0);
        }
        for (boolean weighted : new boolean[] {false, true}) {
            int perRow = function.layout().positionsPerRow();
            float[] weights = weighted ? weights(ROWS * perRow, random) : null;
            double[] whole = new double[function.stateLength()];
            function.update(yTrue, yPred, ROWS, weights, whole, 0);
            for (int i = 0; i < SPLITS; i++) {
                double[] merged = new double[function.stateLength()];
                for (int from = 0; from < ROWS; ) {
                    int to = Math.min(ROWS, from + 1 + random.nextInt(ROWS));
                    // Another offset, to see that it is respected.
                    double[] part = new double[3 + merged.length];
                    function.update(
                            Arrays.copyOfRange(yTrue, from * trueWidth, to * trueWidth),
                            Arrays.copyOfRange(yPred, from * CLASSES, to * CLASSES),
                            to - from,
                            weighted ? Arrays.copyOfRange(weights, from * perRow, to * perRow) : null,
                            part,
                            3);
                    for (int s = 0; s < merged.length; s++) {
                        merged[s] += part[3 + s];
                    }
                    from = to;
                }
                double largest = Arrays.stream(whole).map(Math::abs).max().orElse(0);
                double tolerance = counts(type) && !weighted ? 0 : DOUBLE_ROUNDING * largest;
                assertArrayEquals(whole, merged, tolerance, type + " seed " + SEED);
                assertArrayEquals(function.result(whole, 0), function.result(merged, 0), 1e-9, type + " seed " + SEED);
            }
        }
    }

    private static float[] weights(int length, Random random) {
        float[] weights = new float[length];
        for (int i = 0; i < length; i++) {
            weights[i] = 2 * random.nextFloat();
        }
        return weights;
    }

    /** Whether the sums are counts, which floating-point addition keeps exact in any order. */
    private static boolean counts(MetricType type) {
        return type != MetricType.R2_SCORE
                && Stream.of("IoU", "Positives", "Negatives", "Precision", "Recall", "AUC", "Sensitivity", "Score")
                        .anyMatch(type.className()::contains);
    }

    private static Metric metric(MetricType type) {
        return switch (type) {
            case SENSITIVITY_AT_SPECIFICITY -> Metrics.ofClass(type.className(), Map.of("specificity", 0.4));
            case SPECIFICITY_AT_SENSITIVITY -> Metrics.ofClass(type.className(), Map.of("sensitivity", 0.4));
            case PRECISION_AT_RECALL -> Metrics.ofClass(type.className(), Map.of("recall", 0.4));
            case RECALL_AT_PRECISION -> Metrics.ofClass(type.className(), Map.of("precision", 0.4));
            case MEAN_IO_U, ONE_HOT_MEAN_IO_U -> Metrics.ofClass(type.className(), Map.of("num_classes", CLASSES));
            case IO_U, ONE_HOT_IO_U ->
                Metrics.ofClass(type.className(), Map.of("num_classes", CLASSES, "target_class_ids", List.of(0, 2)));
            default -> Metrics.ofClass(type.className(), Map.of());
        };
    }
}
