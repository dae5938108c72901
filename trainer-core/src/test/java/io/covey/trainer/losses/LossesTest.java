package io.covey.trainer.losses;

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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class LossesTest {
    @ParameterizedTest
    @CsvSource({
        "mse, mean_squared_error",
        "MAE, mean_absolute_error",
        "KLD, kl_divergence",
        "bce, binary_crossentropy",
        "KLDivergence, kl_divergence",
        "Huber, huber",
        "log_cosh, log_cosh"
    })
    void shouldFindLossWhenNamedAsInKeras(String name, String kerasName) {
        assertEquals(kerasName, Losses.of(name).kerasName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mean_sqared_error | {} | did you mean mean_squared_error?",
                "LossFunctionWrapper | {} | functions cannot be named: use the loss that it wraps",
                "huber | delte | loss huber has no argument delte; did you mean delta?",
                "mse | from_logits | has no argument from_logits",
                "huber | delta | delta is wrong, it must be a number",
                "bce | axis | axis is wrong, it must be an integer",
                "mse | reduction | loss reduction wrong is not known"
            })
    void shouldSayWhatIsWrongWhenNameOrArgumentIs(String name, String argument, String message) {
        Map<String, Object> config = argument.equals("{}") ? Map.of() : Map.of(argument, "wrong");
        CoveyException e = assertThrows(CoveyException.class, () -> Losses.of(name, config));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }

    @Test
    void shouldRefuseAlphasWhenTheyAreNotOneForEachClass() {
        Loss loss = Losses.of("categorical_focal_crossentropy", Map.of("alpha", List.of(0.1, 0.2)));
        int[] classes = {3};
        CoveyException e = assertThrows(CoveyException.class, () -> loss.check(classes, classes));
        assertTrue(e.getMessage().contains("it must be a number or 3 of them"), e.getMessage());
    }

    @Test
    void shouldBeEqualWhenSerializedOrMadeFromItsConfig() throws Exception {
        Loss loss = Losses.sparseCategoricalCrossentropy()
                .fromLogits(true)
                .ignoreClass(3)
                .reduction(Reduction.SUM)
                .named("main");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(loss);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(loss, in.readObject());
        }
        assertEquals(loss, Losses.of(loss.className(), loss.config()));
    }

    @Test
    void shouldRefuseTargetsWhenShapesOrLabelsDoNotFit() {
        Loss sparse = Losses.sparseCategoricalCrossentropy();
        assertEquals(new TargetLayout(5, 1, 3), sparse.check(new int[] {5, 1}, new int[] {5, 3}));
        assertEquals(new TargetLayout(1, 1, 1), Losses.meanSquaredError().check(new int[] {}, new int[] {1}));
        assertEquals(new TargetLayout(1, 4, 4), Losses.meanSquaredError().check(new int[] {4}, new int[] {4, 1}));
        CoveyException shape = assertThrows(CoveyException.class, () -> sparse.check(new int[] {10}, new int[] {10}));
        assertTrue(shape.getMessage().contains("y_true of shape (None, 10) does not fit y_pred of shape (None, 10)"));
    }

    @Test
    void shouldAcceptTargetsWhenTheyAreClassesOrIgnored() {
        Loss sparse = Losses.sparseCategoricalCrossentropy();
        assertTrue(sparse.accepts(0, 10) && sparse.accepts(9, 10));
        for (float label : new float[] {10, -1, 0.5f}) {
            assertFalse(sparse.accepts(label, 10), "label " + label);
        }
        assertTrue(sparse.ignoreClass(255).accepts(255, 10));
        assertFalse(sparse.ignoreClass(255).accepts(254, 10));
        assertTrue(Losses.of("circle").accepts(1000, 10));
        assertTrue(Losses.binaryCrossentropy().accepts(0.5f, 1));
        assertArrayEquals(new int[] {5}, Losses.of("ctc").targetShape(new int[] {5, 3}));
        assertArrayEquals(new int[] {}, sparse.targetShape(new int[] {3}));
    }

    @Test
    void shouldSayWhichAxesThereAreWhenAxisIsWrong() {
        int[] shape = {4, 3};
        Loss loss = Losses.categoricalCrossentropy();
        assertEquals(new TargetLayout(3, 4, 4), loss.with("axis", 1).check(shape, shape));
        for (int axis : new int[] {0, 3, -4}) {
            CoveyException e = assertThrows(
                    CoveyException.class, () -> loss.with("axis", axis).check(shape, shape));
            assertTrue(e.getMessage().contains("it must be one of the axes 1 to 2 of y_pred"), e.getMessage());
        }
        CoveyException e = assertThrows(
                CoveyException.class,
                () -> Losses.sparseCategoricalCrossentropy().with("axis", 1).check(new int[] {4}, shape));
        assertTrue(e.getMessage().contains("axis is 1, it must be -1"), e.getMessage());
    }

    /** Expected values are Keras'. */
    @Test
    void shouldTakeTheLastAxisOfOneAwayWhenTargetsLackIt() {
        float[] yTrue = {1, 0, 1, 0, 1, 1};
        float[] yPred = {.9f, .2f, .6f, .1f, .7f, .8f};
        int[] trueShape = {2, 3};
        int[] predShape = {2, 3, 1};
        for (Object axis : new Object[] {2, -1, List.of(2)}) {
            Loss dice = Losses.of("dice").with("axis", axis);
            assertEquals(new TargetLayout(2, 3, 3), dice.check(trueShape, predShape));
            float[] values = new float[2];
            dice.newFunction(trueShape, predShape).values(yTrue, 3, yPred, 3, 2, values);
            assertArrayEquals(new float[] {.1891892f, .16666663f}, values, 1e-6f, "axis " + axis);
        }
        assertEquals(new TargetLayout(1, 6, 6), Losses.of("dice").check(trueShape, predShape));
        assertEquals(new TargetLayout(1, 6, 6), Losses.of("dice").check(predShape, trueShape));
        Loss smoothed = Losses.categoricalCrossentropy().labelSmoothing(.4);
        float[] value = new float[1];
        smoothed.newFunction(new int[] {3}, new int[] {3, 1})
                .values(new float[] {1, 0, 0}, 3, new float[] {.5f, .25f, .25f}, 3, 1, value);
        assertArrayEquals(new float[] {.87798643f}, value, 1e-6f);
    }

    @Test
    void shouldNotClipWhenLossIsTakenFromCachedLogits() {
        Loss onLogits =
                Losses.sparseCategoricalCrossentropy().onCachedLogits("softmax").orElseThrow();
        float[] values = new float[1];
        onLogits.newFunction(new int[] {2}).values(new float[] {1}, 1, new float[] {1000, 0}, 2, 1, values);
        assertArrayEquals(new float[] {1000}, values);
        assertTrue(
                Losses.sparseCategoricalCrossentropy().onCachedLogits("linear").isEmpty());
        assertTrue(Losses.sparseCategoricalCrossentropy()
                .ignoreClass(0)
                .onCachedLogits("softmax")
                .isEmpty());
        assertTrue(Losses.binaryFocalCrossentropy().onCachedLogits("softmax").isEmpty());
        assertTrue(Losses.binaryFocalCrossentropy().onCachedLogits("sigmoid").isPresent());
        assertTrue(Losses.meanSquaredError().onCachedLogits("softmax").isEmpty());
    }

    @Test
    void shouldAddUpToTheWholeBatchWhenItComesInMicroBatches() {
        float[] yTrue = {0, 1, 2, 1};
        float[] yPred = {.2f, .5f, .3f, .1f, .8f, .1f, .3f, .3f, .4f, .9f, .05f, .05f};
        float[] weights = {1, 2, .5f, 0};
        Loss loss = Losses.sparseCategoricalCrossentropy().ignoreClass(2);
        for (Reduction reduction : new Reduction[] {Reduction.SUM, Reduction.MEAN, Reduction.MEAN_WITH_SAMPLE_WEIGHT}) {
            WeightedLoss weighted = new WeightedLoss(loss.newFunction(new int[] {3}), reduction, 4, 1);
            double[] whole = new double[WeightedLoss.STATE_LENGTH];
            weighted.forward(yTrue, 1, yPred, 3, 4, weights, null, whole, 0);
            double[] parts = new double[WeightedLoss.STATE_LENGTH];
            for (int p = 0; p < 4; p++) {
                weighted.forward(
                        new float[] {yTrue[p]},
                        1,
                        new float[] {yPred[3 * p], yPred[3 * p + 1], yPred[3 * p + 2]},
                        3,
                        1,
                        new float[] {weights[p]},
                        null,
                        parts,
                        0);
            }
            assertEquals(3, whole[WeightedLoss.COUNT]);
            assertEquals(3, whole[WeightedLoss.WEIGHT_SUM]);
            assertEquals(weighted.result(whole, 0), weighted.result(parts, 0), 1e-12);
        }
    }
}
