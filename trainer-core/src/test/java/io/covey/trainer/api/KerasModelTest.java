package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.optimizer.Optimizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.Layers.batchNormalization;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.dropout;
import static io.covey.trainer.api.Layers.flatten;
import static io.covey.trainer.api.Layers.input;
import static io.covey.trainer.api.Layers.layer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class KerasModelTest {
    private static final int ROWS = 60;
    private static final int FEATURES = 6;
    private static final int CLASSES = 3;

    /** Rows whose class is that of their largest feature among the first three. */
    private static Dataset data(int rows, long seed) {
        return data(rows, seed, DataType.INT32);
    }

    private static Dataset data(int rows, long seed, DataType labels) {
        Random random = new Random(seed);
        float[] x = new float[rows * FEATURES];
        int[] y = new int[rows];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        for (int row = 0; row < rows; row++) {
            for (int k = 1; k < CLASSES; k++) {
                y[row] = x[row * FEATURES + k] > x[row * FEATURES + y[row]] ? k : y[row];
            }
        }
        return Dataset.of(
                Nd4j.createFromArray(x).reshape(rows, FEATURES),
                Nd4j.createFromArray(y).castTo(labels));
    }

    private static KerasModel model() {
        return KerasModel.sequential(
                        input(FEATURES), dense(8, Activation.RELU), dropout(0.1), dense(CLASSES, Activation.SOFTMAX))
                .compile(Optimizers.adam(0.01), Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy"));
    }

    private static FitArguments quiet() {
        return fit().verbose(0).batchSize(16).threads(2);
    }

    private static void assertSameWeights(KerasModel expected, KerasModel actual) {
        List<INDArray> weights = actual.getWeights();
        for (int i = 0; i < weights.size(); i++) {
            assertArrayEquals(
                    expected.getWeights().get(i).data().asFloat(),
                    weights.get(i).data().asFloat(),
                    "weight " + i);
        }
    }

    @Test
    void shouldLearnWhenFitted() {
        try (KerasModel model = model()) {
            double before = model.evaluate(data(ROWS, 2)).get("accuracy");
            History history = model.fit(data(500, 1), quiet().epochs(20).validationData(data(ROWS, 2)));
            Map<String, Double> test = model.evaluate(data(ROWS, 2));
            assertTrue(test.get("accuracy") > Math.max(0.8, before), before + " before, " + test + " after");
            assertEquals(
                    List.of("accuracy", "loss", "val_accuracy", "val_loss"),
                    List.copyOf(history.metrics().keySet()));
            assertEquals(test.get("loss"), history.metrics().get("val_loss").get(19), 1e-6);
            assertEquals(20 * 32, model.iterations());
        }
    }

    @Test
    void shouldTrainWithRmspropWhenCompiledWithoutAnOptimizer() {
        try (KerasModel byDefault = model().compile(Losses.sparseCategoricalCrossentropy());
                KerasModel named = model().compile("rmsprop", "sparse_categorical_crossentropy")) {
            byDefault.fit(data(ROWS, 1), quiet());
            named.fit(data(ROWS, 1), quiet());
            assertSameWeights(named, byDefault);
        }
    }

    @Test
    void shouldGoOnFromTheLastStepWhenACallbackHasThrown() {
        try (KerasModel once = model();
                KerasModel twice = model()) {
            once.fit(data(ROWS, 1), quiet().shuffle(false).epochs(2));
            Callback failing = Callbacks.lambda().onEpochEnd((epoch, logs) -> {
                throw new IllegalStateException("enough");
            });
            FitArguments first = quiet().shuffle(false).callbacks(failing);
            assertThrows(IllegalStateException.class, () -> twice.fit(data(ROWS, 1), first));
            assertEquals(once.iterations() / 2, twice.iterations());
            twice.fit(data(ROWS, 1), quiet().shuffle(false).epochs(2).initialEpoch(1));
            assertSameWeights(once, twice);
        }
    }

    @Test
    void shouldGoOnWhereItEndedWhenFittedAgain() {
        try (KerasModel once = model();
                KerasModel twice = model()) {
            once.fit(data(ROWS, 1), quiet().shuffle(false).epochs(5));
            twice.fit(data(ROWS, 1), quiet().shuffle(false).epochs(2));
            History second =
                    twice.fit(data(ROWS, 1), quiet().shuffle(false).epochs(5).initialEpoch(2));
            assertSameWeights(once, twice);
            assertEquals(List.of(2, 3, 4), second.epochs());
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenRunAgainAndOthersForAnotherSeed() {
        List<float[]> first = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            try (KerasModel model = KerasModel.sequential(input(FEATURES), dense(CLASSES, Activation.SOFTMAX))
                    .seed(seed)
                    .compile("sgd", "sparse_categorical_crossentropy")) {
                model.fit(data(ROWS, 1), quiet().epochs(2));
                first.add(model.getWeights().get(0).data().asFloat());
            }
        }
        assertArrayEquals(first.get(0), first.get(1));
        assertNotEquals(Arrays.toString(first.get(0)), Arrays.toString(first.get(2)));
    }

    @Test
    void shouldCutEpochsOutOfPassesWhenStepsPerEpochIsGiven() {
        try (KerasModel whole = model();
                KerasModel cut = model()) {
            // 60 rows in batches of 16 are 4 steps: epochs of 3, 1, 3 and 1.
            whole.fit(data(ROWS, 1), quiet().epochs(2));
            List<Long> ends = new ArrayList<>();
            cut.fit(
                    data(ROWS, 1),
                    quiet().epochs(4)
                            .stepsPerEpoch(3)
                            .callbacks(Callbacks.lambda().onEpochEnd((epoch, logs) -> ends.add(cut.iterations()))));
            assertSameWeights(whole, cut);
            assertEquals(8, cut.iterations());
            assertEquals(4, ends.size());
        }
    }

    @Test
    void shouldGoOnInTheNextPassWhenStepsPerEpochIsKeras2s() {
        try (KerasModel whole = model();
                KerasModel cut = model()) {
            // Three passes of 4 steps are two epochs of 6; the third, without data, repeats the second one's results.
            whole.fit(data(ROWS, 1), quiet().epochs(3));
            History history =
                    cut.fit(data(ROWS, 1), quiet().epochs(3).stepsPerEpoch(6).semantics(Semantics.KERAS2));
            assertSameWeights(whole, cut);
            assertEquals(12, cut.iterations());
            assertEquals(List.of(0, 1, 2), history.epochs());
            List<Double> losses = history.metrics().get("loss");
            assertEquals(losses.get(1), losses.get(2));
            assertNotEquals(losses.get(0), losses.get(1));
        }
    }

    @Test
    void shouldLeaveTheLastRowsOutWhenAValidationSplitIsGiven() {
        Dataset all = data(ROWS, 1);
        try (KerasModel split = model();
                KerasModel explicit = model()) {
            History first = split.fit(all, quiet().epochs(2).validationSplit(0.25));
            History second = explicit.fit(all.range(0, 45), quiet().epochs(2).validationData(all.range(45, ROWS)));
            assertEquals(second.metrics(), first.metrics());
        }
    }

    @Test
    void shouldValidateOnTheFirstBatchesWhenValidationStepsAreGiven() {
        Dataset validation = data(ROWS, 2);
        try (KerasModel model = model()) {
            History history = model.fit(
                    data(ROWS, 1),
                    quiet().epochs(4)
                            .validationData(validation)
                            .validationBatchSize(10)
                            .validationSteps(2)
                            .validationFreq(2));
            assertEquals(2, history.metrics().get("val_loss").size());
            assertEquals(
                    model.evaluate(validation.take(20)).get("loss"),
                    history.metrics().get("val_loss").get(1),
                    1e-6);
        }
    }

    @Test
    void shouldValidateAfterTheNamedEpochsWhenValidationFreqIsAList() {
        try (KerasModel model = model()) {
            List<Integer> validated = new ArrayList<>();
            model.fit(
                    data(ROWS, 1),
                    quiet().epochs(4)
                            .validationData(data(ROWS, 2))
                            .validationFreq(List.of(3, 1, 9))
                            .callbacks(Callbacks.lambda().onEpochEnd((epoch, logs) -> {
                                if (logs.containsKey("val_loss")) {
                                    validated.add(epoch);
                                }
                            })));
            assertEquals(List.of(0, 2), validated);
        }
    }

    @Test
    void shouldTakeTheFirstBatchesWhenInferenceHasSteps() {
        Dataset all = data(ROWS, 1);
        try (KerasModel model = model()) {
            InferenceArguments steps =
                    InferenceArguments.inference().batchSize(10).steps(2).verbose(0);
            assertEquals(20, model.predict(all, steps).get(0).size(0));
            assertEquals(
                    model.evaluate(all.take(20)).get("loss"),
                    model.evaluate(all, steps).get("loss"),
                    1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "LONG", "UBYTE"})
    void shouldTakeClassesOfAnyNumericTypeWhenTheyAreWhole(DataType type) {
        try (KerasModel expected = model();
                KerasModel actual = model()) {
            expected.fit(data(ROWS, 1), quiet());
            actual.fit(data(ROWS, 1, type), quiet());
            for (int i = 0; i < 4; i++) {
                assertEquals(expected.getWeights().get(i), actual.getWeights().get(i));
            }
            assertEquals(expected.evaluate(data(ROWS, 2)), actual.evaluate(data(ROWS, 2, type)));
            assertEquals(expected.trainOnBatch(data(8, 3)), actual.trainOnBatch(data(8, 3, type)));
        }
    }

    @Test
    void shouldLeaveFrozenLayersAloneWhenTheyHaveConstraintsOrMergeDirections() {
        Layer frozen = LayerTypes.create(
                        "Bidirectional",
                        Map.of(
                                "layer",
                                Map.of(
                                        "class_name",
                                        "LSTM",
                                        "config",
                                        Map.of("units", 3, "kernel_constraint", "non_neg")),
                                "merge_mode",
                                "sum"))
                .trainable(false);
        Layer reshape = LayerTypes.create("Reshape", Map.of("target_shape", List.of(FEATURES, 1)));
        try (KerasModel model = KerasModel.of(Model.sequential(
                "frozen", List.of(FEATURES), List.of(reshape, frozen, dense(CLASSES, Activation.SOFTMAX))))) {
            model.compile(Optimizers.sgd(0.1), Losses.sparseCategoricalCrossentropy());
            List<INDArray> before =
                    model.getWeights().stream().map(INDArray::dup).toList();
            model.fit(data(ROWS, 1), quiet());
            for (int i = 0; i < 6; i++) {
                assertEquals(before.get(i), model.getWeights().get(i), "frozen weight " + i);
            }
            assertNotEquals(before.get(6), model.getWeights().get(6));
        }
    }

    @Test
    void shouldCountNoStepWhenItsBatchIsRefused() {
        try (KerasModel model = model()) {
            Dataset wrong = Dataset.of(Nd4j.zeros(2, FEATURES), Nd4j.createFromArray(0, CLASSES));
            assertThrows(CoveyException.class, () -> model.trainOnBatch(wrong));
            assertEquals(0, model.iterations());
        }
    }

    @Test
    void shouldTakeTheStepsOfFitWhenTrainedOnBatches() {
        Dataset all = data(ROWS, 1);
        try (KerasModel fitted = model();
                KerasModel stepped = model()) {
            fitted.fit(all, quiet().shuffle(false).threads(1));
            SortedMap<String, Double> last = null;
            for (int from = 0; from < ROWS; from += 16) {
                last = stepped.trainOnBatch(all.range(from, Math.min(ROWS, from + 16)));
            }
            assertEquals(4, stepped.iterations());
            assertEquals(2, last.size());
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(
                        fitted.getWeights().get(i).data().asFloat(),
                        stepped.getWeights().get(i).data().asFloat(),
                        1e-6f);
            }
            Map<String, Double> first = stepped.testOnBatch(all.range(0, 16));
            assertEquals(first, stepped.testOnBatch(all.range(0, 16)));
            Map<String, Double> tested = stepped.testOnBatch(all);
            assertEquals(stepped.evaluate(all).get("loss"), tested.get("loss"), 1e-6);
            assertNotEquals(first.get("loss"), tested.get("loss"));
        }
    }

    @Test
    void shouldCountLargerWeightsWhenSamplesOrClassesAreWeighted() {
        Dataset all = data(ROWS, 1);
        float[] weights = new float[ROWS];
        int[] labels = ((Column.Ints) all.block().targets().get(0)).values();
        for (int i = 0; i < ROWS; i++) {
            weights[i] = labels[i] == 1 ? 3 : 1;
        }
        try (KerasModel bySample = model();
                KerasModel byClass = model()) {
            bySample.fit(all.sampleWeights(weights), quiet().epochs(2));
            byClass.fit(all, quiet().epochs(2).classWeight(Map.of(0, 1f, 1, 3f, 2, 1f)));
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(
                        bySample.getWeights().get(i).data().asFloat(),
                        byClass.getWeights().get(i).data().asFloat(),
                        1e-6f);
            }
        }
    }

    @Test
    void shouldPredictProbabilitiesAndTheirClasses() {
        try (KerasModel model = model()) {
            Dataset all = data(ROWS, 1);
            INDArray x = Nd4j.createFromArray(
                            ((Column.Floats) all.block().inputs().get(0)).values())
                    .reshape(ROWS, FEATURES);
            INDArray probabilities = model.predict(x);
            assertArrayEquals(new long[] {ROWS, CLASSES}, probabilities.shape());
            assertEquals(ROWS, probabilities.sumNumber().doubleValue(), 1e-4);
            int[] classes = model.predictClasses(Dataset.of(x));
            for (int row = 0; row < ROWS; row++) {
                assertEquals(probabilities.getRow(row).argMax().getInt(0), classes[row]);
            }
        }
    }

    @Test
    void shouldNormaliseByTheWholeBatchWhenThereAreSeveralThreads() {
        List<float[]> weights = new ArrayList<>();
        for (int threads = 1; threads <= 2; threads++) {
            try (KerasModel model = KerasModel.sequential(
                            input(FEATURES), batchNormalization(), dense(CLASSES, Activation.SOFTMAX))
                    .compile("sgd", "sparse_categorical_crossentropy")) {
                model.fit(data(ROWS, 1), quiet().epochs(3).threads(threads));
                weights.add(model.getWeights().get(4).data().asFloat());
            }
        }
        assertArrayEquals(weights.get(0), weights.get(1), 1e-5f);
    }

    @Test
    void shouldKeepWeightsWhenSavedAndLoaded(@TempDir Path folder) {
        try (KerasModel model = model();
                KerasModel other = model()) {
            model.fit(data(ROWS, 1), quiet());
            model.saveWeights(folder.resolve("weights"));
            other.loadWeights(folder.resolve("weights"));
            assertSameWeights(model, other);
        }
    }

    @Test
    void shouldRefuseRowsWhenTheirAxesLieInAnotherOrder() {
        try (KerasModel model = KerasModel.sequential(
                flatten(2, 3), dense(6), layer("Reshape", Map.of("target_shape", List.of(3, 2))))) {
            model.compile(Optimizers.sgd(0.01), Losses.meanSquaredError());
            INDArray x = Nd4j.zeros(4, 2, 3);
            INDArray y = Nd4j.zeros(4, 3, 2);
            Dataset transposed = Dataset.of(y, y);
            String input = "the rows of input 0 have shape [3, 2], the model needs [2, 3]: transpose";
            assertMessage(input, () -> model.fit(transposed, quiet()));
            assertMessage(input, () -> model.fit(Dataset.of(x, y), quiet().validationData(transposed)));
            assertMessage(input, () -> model.evaluate(transposed));
            assertMessage(input, () -> model.predict(y));
            assertMessage(input, () -> model.predictClasses(transposed));
            assertMessage(input, () -> model.trainOnBatch(transposed));
            assertMessage(input, () -> model.testOnBatch(transposed));
            assertMessage("the rows of target 0 have shape [2, 3]", () -> model.fit(Dataset.of(x, x), quiet()));

            model.fit(Dataset.of(x.reshape(4, 6), y.reshape(4, 3, 2, 1)), quiet());
        }
    }

    @Test
    void shouldRefuseBeforeTrainingWhenDataDoNotFit() {
        try (KerasModel model = model()) {
            List<float[]> before =
                    model.getWeights().stream().map(w -> w.data().asFloat()).toList();
            INDArray x = Nd4j.zeros(4, FEATURES);
            assertMessage("label 3", () -> model.fit(Dataset.of(x, Nd4j.createFromArray(0, 1, 2, 3)), quiet()));
            assertMessage("0.5", () -> model.fit(Dataset.of(x, Nd4j.createFromArray(0f, 1f, 0.5f, 0f)), quiet()));
            INDArray nan = Nd4j.zeros(4, FEATURES).putScalar(2, 3, Float.NaN);
            assertMessage("row 2", () -> model.fit(Dataset.of(nan, Nd4j.createFromArray(0, 1, 2, 0)), quiet()));
            assertMessage(
                    "5 features",
                    () -> model.fit(Dataset.of(Nd4j.zeros(4, 5), Nd4j.createFromArray(0, 1, 2, 0)), quiet()));
            assertMessage("val_loss", () -> model.fit(data(ROWS, 1), quiet().callbacks(Callbacks.earlyStopping())));
            assertMessage("rows", () -> Dataset.of(x, Nd4j.createFromArray(0, 1)));
            assertMessage("validation_split", () -> model.fit(data(2, 1), quiet().validationSplit(0.9)));
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(
                        before.get(i), model.getWeights().get(i).data().asFloat());
            }
        }
    }

    @Test
    void shouldNameWhatIsMissingWhenNotCompiled() {
        try (KerasModel model = KerasModel.sequential(flatten(2, 3), dense(1))) {
            assertMessage("compile", () -> model.fit(data(4, 1)));
            assertMessage("did you mean", () -> model.compile("sgd", "mse", "acuracy"));
            assertArrayEquals(
                    new long[] {4, 1}, model.predict(Nd4j.zeros(4, 2, 3)).shape());
        }
        assertMessage("input_shape", () -> KerasModel.sequential(dense(1)));
    }

    @Test
    void shouldTakeBytesWithAScale() {
        byte[] bytes = new byte[ROWS * FEATURES];
        new Random(3).nextBytes(bytes);
        float[] floats = new float[bytes.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (bytes[i] & 0xff) * (1f / 255);
        }
        int[] labels = new int[ROWS];
        try (KerasModel ofBytes = model();
                KerasModel ofFloats = model()) {
            ofBytes.fit(Dataset.of(new SampleBlock(FEATURES, bytes, labels)).scale(1f / 255), quiet());
            ofFloats.fit(Dataset.of(new SampleBlock(FEATURES, floats, labels)), quiet());
            assertSameWeights(ofFloats, ofBytes);
        }
    }

    private static void assertMessage(String part, Executable call) {
        CoveyException error = assertThrows(CoveyException.class, call);
        assertEquals(CoveyException.Category.CALLER, error.category(), error.getMessage());
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }
}
