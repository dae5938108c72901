package io.covey.trainer.losses;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Gradients of every loss against differences of its values, on random shapes. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LossGradientTest {
    private static final long SEED = 20240611;
    private static final int SHAPES = 40;
    private static final int MAX_POSITIONS = 6;
    private static final int MAX_WIDTH = 7;
    /** Values are float32: with this step their rounding disturbs differences by about 1e-4 of the largest value. */
    private static final float STEP = 1f / 512;

    private static final double TOLERANCE = 2e-3;

    static Stream<Loss> losses() {
        Stream<Loss> plain = Stream.of(LossType.values())
                .filter(type -> type != LossType.CTC)
                .map(type -> Losses.of(type.kerasName()));
        Stream<Loss> others = Stream.of(
                Losses.huber().delta(0.4),
                Losses.binaryCrossentropy().fromLogits(true).labelSmoothing(0.1),
                Losses.binaryFocalCrossentropy().gamma(1.5).alpha(0.3).with("apply_class_balancing", true),
                Losses.binaryFocalCrossentropy().fromLogits(true).labelSmoothing(0.2),
                Losses.categoricalCrossentropy().labelSmoothing(0.1),
                Losses.categoricalCrossentropy().fromLogits(true),
                Losses.categoricalFocalCrossentropy().fromLogits(true).gamma(3),
                Losses.sparseCategoricalCrossentropy().fromLogits(true),
                Losses.sparseCategoricalCrossentropy().ignoreClass(0),
                Losses.of("dice", Map.of("axis", -1)),
                Losses.of("tversky", Map.of("axis", -1, "alpha", 0.2, "beta", 0.9)),
                Losses.of("circle", Map.of("gamma", 2, "remove_diagonal", false)));
        return Stream.concat(plain, others);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void shouldMatchNumericDifferencesWhenShapesAreRandom(Loss loss) {
        Random random = new Random(SEED);
        for (int i = 0; i < SHAPES; i++) {
            int positions = 1 + random.nextInt(MAX_POSITIONS);
            int width = 2 + random.nextInt(MAX_WIDTH - 1);
            compare(loss, positions, width, random);
        }
    }

    private static void compare(Loss loss, int positions, int width, Random random) {
        int trueWidth = loss.isSparse() ? 1 : width;
        // Divided by the smallest of targets, 0, values would be too large for differences.
        int offTarget = loss.equals(Losses.meanAbsolutePercentageError()) ? 2 : 0;
        float[] yTrue = new float[positions * trueWidth];
        float[] yPred = new float[positions * width];
        float[] scales = new float[positions];
        for (int p = 0; p < positions; p++) {
            int label = random.nextInt(width);
            scales[p] = random.nextFloat() + 0.5f;
            for (int j = 0; j < trueWidth; j++) {
                yTrue[p * trueWidth + j] = loss.isSparse() ? label : j == label ? 1 : offTarget;
            }
            for (int j = 0; j < width; j++) {
                // Probabilities away from the borders of clipping, which for differences are steps.
                yPred[p * width + j] = 0.1f + 0.8f * random.nextFloat();
            }
        }
        compare(loss, loss.newFunction(new int[] {width}), yTrue, trueWidth, yPred, width, positions, scales);
    }

    @Test
    void shouldMatchNumericDifferencesWhenPredictionsAreSequences() {
        Random random = new Random(SEED);
        Loss loss = Losses.of("ctc");
        int steps = 6;
        int classes = 4;
        float[] yTrue = {1, 2, 0, 3, 3, 0, 2, 1, 2, 0, 0, 0};
        float[] yPred = new float[4 * steps * classes];
        for (int i = 0; i < yPred.length; i++) {
            yPred[i] = (float) random.nextGaussian();
        }
        LossFunction function = loss.newFunction(new int[] {steps, classes});
        compare(loss, function, yTrue, 3, yPred, steps * classes, 4, new float[] {1, 0.5f, 2, 0.7f});
    }

    @Test
    void shouldMatchNumericDifferencesWhenAxisIsNotTheLast() {
        Random random = new Random(SEED);
        Loss loss = Losses.categoricalCrossentropy().labelSmoothing(0.2).with("axis", 2);
        int[] shape = {2, 3, 4};
        assertEquals(new TargetLayout(8, 3, 3), loss.check(shape, shape));
        float[] yTrue = new float[2 * 24];
        float[] yPred = new float[2 * 24];
        float[] scales = new float[2 * 8];
        for (int i = 0; i < yPred.length; i++) {
            yTrue[i] = random.nextFloat();
            yPred[i] = 0.1f + 0.8f * random.nextFloat();
            scales[i / 3] = 0.5f + random.nextFloat();
        }
        compare(loss, loss.newFunction(shape), yTrue, 3, yPred, 3, 2 * 8, scales);
    }

    private static void compare(
            Loss loss,
            LossFunction function,
            float[] yTrue,
            int trueWidth,
            float[] yPred,
            int width,
            int positions,
            float[] scales) {
        float[] gradient = new float[yPred.length];
        function.gradient(yTrue, trueWidth, yPred, width, positions, scales, gradient);
        for (int i = 0; i < yPred.length; i++) {
            double difference = difference(function, yTrue, trueWidth, yPred, width, positions, scales, i);
            if (Double.isFinite(difference)) {
                double tolerance = TOLERANCE * Math.max(1, Math.abs(difference));
                int at = i;
                assertEquals(
                        difference,
                        gradient[i],
                        tolerance,
                        () -> loss + " seed " + SEED + " positions " + positions + " width " + width + " at " + at);
            }
        }
    }

    /** The central difference, NaN next to a kink, where the differences to both sides disagree. */
    private static double difference(
            LossFunction function,
            float[] yTrue,
            int trueWidth,
            float[] yPred,
            int width,
            int positions,
            float[] scales,
            int i) {
        float[] moved = yPred.clone();
        double here = sum(function, yTrue, trueWidth, moved, width, positions, scales);
        moved[i] = yPred[i] + STEP;
        double above = sum(function, yTrue, trueWidth, moved, width, positions, scales);
        double stepAbove = (double) moved[i] - yPred[i];
        moved[i] = yPred[i] - STEP;
        double below = sum(function, yTrue, trueWidth, moved, width, positions, scales);
        double stepBelow = (double) yPred[i] - moved[i];
        double slopeAbove = (above - here) / stepAbove;
        double slopeBelow = (here - below) / stepBelow;
        boolean kink = Math.abs(slopeAbove - slopeBelow) > 0.1 * Math.max(0.1, Math.abs(slopeAbove));
        return kink ? Double.NaN : (above - below) / (stepAbove + stepBelow);
    }

    private static double sum(
            LossFunction function,
            float[] yTrue,
            int trueWidth,
            float[] yPred,
            int width,
            int positions,
            float[] scales) {
        float[] values = new float[positions];
        function.values(yTrue, trueWidth, yPred, width, positions, values);
        double sum = 0;
        for (int p = 0; p < positions; p++) {
            sum += (double) scales[p] * values[p];
        }
        return sum;
    }
}
