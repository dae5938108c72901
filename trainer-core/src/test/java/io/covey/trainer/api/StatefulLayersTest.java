package io.covey.trainer.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.BackupAndRestore;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.ModelSummary;
import io.covey.trainer.optimizer.Optimizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.InferenceArguments.inference;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.input;
import static io.covey.trainer.api.Layers.layer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Models with stateful layers, against what Keras 3.15 made of them: {@code keras/stateful.json}. */
@Timeout(120)
class StatefulLayersTest {
    private static final int BATCH = 4;
    private static final int STEPS = 3;
    private static final int FEATURES = 2;
    private static final long SEED = 11;

    /** Ten steps of float32, whose sums are in another order. */
    private static final double TOLERANCE = 5e-6;

    @TempDir
    private Path folder;

    static JsonNode recorded() throws IOException {
        try (InputStream in = StatefulLayersTest.class.getResourceAsStream("/keras/stateful.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static List<Arguments> runs() throws IOException {
        List<Arguments> runs = new ArrayList<>();
        for (JsonNode each : recorded()) {
            for (int threads : new int[] {1, 3}) {
                runs.add(Arguments.argumentSet(each.get("name").asText() + ", threads " + threads, each, threads));
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldGoOnFromTheStatesOfTheBatchBeforeAsKeras(JsonNode keras, int threads) {
        float[] x = floats(keras, "x");
        Dataset train = data(x, floats(keras, "y"));
        Dataset validation = train.range(0, 2 * BATCH);
        try (KerasModel model = KerasModel.of(KerasJson.read(keras.get("model").toString()))) {
            setWeights(model, floats(keras, "weights"));
            model.compile(Optimizers.of("sgd", Map.of("learning_rate", 0.1, "momentum", 0.5)), Losses.of("mse"));
            History history = model.fit(
                    train,
                    fit().batchSize(BATCH)
                            .epochs(2)
                            .shuffle(false)
                            .threads(threads)
                            .verbose(0)
                            .validationData(validation));
            assertClose(keras, "fit", floats(history.metrics().get("loss")));
            assertClose(keras, "val", floats(history.metrics().get("val_loss")));
            assertClose(keras, "predict", predict(model, train));
            assertClose(keras, "evaluate", (float) (double)
                    model.evaluate(validation, inference().batchSize(BATCH).verbose(0))
                            .get("loss"));
            assertClose(keras, "train_on_batch", (float)
                    (double) model.trainOnBatch(train.range(BATCH, 2 * BATCH)).get("loss"));
            assertClose(keras, "test_on_batch", (float)
                    (double) model.testOnBatch(train.range(0, BATCH)).get("loss"));
            assertClose(keras, "predict_on_batch", numbers(model.predictOnBatch(train.range(2 * BATCH, 3 * BATCH))));
            model.resetStates();
            assertClose(keras, "predict_after_reset", predict(model, train));
            assertClose(keras, "after", numbers(model.getWeights()));
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void shouldBePrintedAndWrittenWithTheBatchSizeAndWithoutStates(JsonNode keras) {
        try (KerasModel model = KerasModel.of(KerasJson.read(keras.get("model").toString()))) {
            assertEquals(
                    keras.get("summary").asText().strip(),
                    ModelSummary.keras3(model.model()).strip());
            assertEquals(keras.get("weights").size(), model.model().layout().parameterCount());
            assertEquals(BATCH, KerasJson.read(model.toJson()).batchSize());
            assertEquals(
                    model.toJson(),
                    KerasModel.of(KerasJson.read(model.toJson())).toJson());
        }
    }

    @Test
    void shouldBePrintedWithTheBatchSizeWhereKerasKnowsIt() {
        SymbolicTensor any = SymbolicTensor.input("any", List.of(STEPS, FEATURES));
        SymbolicTensor fixed = SymbolicTensor.input("fixed", List.of(STEPS, FEATURES), BATCH);
        SymbolicTensor doubled = layer("Add", Map.of()).apply(any, any);
        SymbolicTensor sum = layer("Add", Map.of()).apply(doubled, fixed);
        try (KerasModel model = KerasModel.functional(
                List.of(any, fixed), List.of(statefulLstm().apply(sum)))) {
            List<String> shapes = Pattern.compile("\\((None|\\d+), [\\d, ]+\\)")
                    .matcher(ModelSummary.keras3(model.model()))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertEquals(List.of("(None, 3, 2)", "(None, 3, 2)", "(4, 3, 2)", "(4, 3, 2)", "(4, 3)"), shapes);
        }
    }

    static Stream<Layer> stateful() {
        Map<String, Object> arguments = Map.of("units", 3, "stateful", true, "recurrent_dropout", 0.2);
        return Stream.of(
                layer("SimpleRNN", arguments),
                layer("LSTM", arguments),
                layer("Bidirectional", Map.of("layer", layer("GRU", arguments))));
    }

    @ParameterizedTest
    @MethodSource("stateful")
    void shouldGiveTheUninterruptedRunWhenABackupIsResumedWithinAnEpoch(Layer stateful) {
        Dataset data = data();
        float[] expected;
        try (KerasModel whole = model(stateful)) {
            whole.fit(data, arguments());
            expected = predict(whole, data);
        }
        int[] batches = new int[1];
        Callback breakdown = Callbacks.lambda().onTrainBatchEnd((batch, logs) -> {
            if (++batches[0] == 8) {
                throw new IllegalStateException("broken");
            }
        });
        BackupAndRestore backup = Callbacks.backupAndRestore(folder.toString()).saveFreq(2);
        try (KerasModel broken = model(stateful)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> broken.fit(data, arguments().callbacks(backup, breakdown)));
        }
        try (KerasModel resumed = model(stateful)) {
            resumed.fit(data, arguments().callbacks(backup));
            assertArrayEquals(expected, predict(resumed, data));
        }
    }

    @Test
    void shouldBeginWithZerosWhenAModelIsLoadedOrACallbackResets() {
        Dataset data = data();
        Path file = folder.resolve("model.keras");
        try (KerasModel model = model(statefulLstm())) {
            float[] first = predict(model, data);
            model.save(file);
            try (KerasModel loaded = KerasModel.load(file)) {
                assertArrayEquals(first, predict(loaded, data));
                assertTrue(loaded.toJson().contains("\"stateful\":true"), loaded.toJson());
            }
            Callback resets = Callbacks.lambda().onEpochEnd((epoch, logs) -> model.resetStates());
            model.compile(Optimizers.sgd(0), Losses.of("mse"));
            model.fit(data, arguments().callbacks(resets));
            assertArrayEquals(first, predict(model, data));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12 | 6 | train data has 12 rows, in batches of 6: the model has stateful layers and takes batches of 4,"
                        + " as its input says: use batch_size 4",
                "10 | 4 | train data has 10 rows, in batches of 4: the model has stateful layers and takes batches of 4,"
                        + " as its input says: leave out 2 rows",
                "3  | 3 | train data has 3 rows, in batches of 3: the model has stateful layers and takes batches of 4,"
                        + " as its input says: use batch_size 4"
            })
    void shouldRefuseBatchesOfAnotherSizeBeforeAnyIsRun(int rows, int batchSize, String message) {
        Dataset data = data().range(0, rows);
        try (KerasModel model = model(statefulLstm())) {
            float[] first = predict(model, data());
            model.resetStates();
            assertRefused(message, () -> model.fit(data, arguments().batchSize(batchSize)));
            assertRefused(message, () -> model.evaluate(data, inference().batchSize(batchSize)));
            String predicted = message.replace("train data", "the data");
            assertRefused(predicted, () -> model.predict(data, inference().batchSize(batchSize)));
            if (rows < BATCH) {
                assertRefused(message, () -> model.trainOnBatch(data));
                assertRefused(message, () -> model.testOnBatch(data));
                assertRefused(predicted, () -> model.predictOnBatch(data));
            }
            assertArrayEquals(first, predict(model, data()));
        }
    }

    @Test
    void shouldTakeAllRowsAsOneBatchWhenTheBatchSizeIsLarger() {
        Dataset data = data().range(0, BATCH);
        try (KerasModel model = model(statefulLstm())) {
            float[] first = numbers(model.predict(data, inference()));
            model.resetStates();
            assertArrayEquals(first, predict(model, data));
            model.evaluate(data);
            model.resetStates();
            assertEquals(BATCH, model.predictClasses(data).length);
        }
    }

    @Test
    void shouldRefuseAModelWithoutOneBatchSize() {
        assertRefused(
                "layer lstm of model sequential is stateful and needs batches of one size, but the inputs give none: give"
                        + " each input the same batch_size, or a batch_shape as in [32, 10, 8]",
                () -> KerasModel.sequential(input(STEPS, FEATURES), statefulLstm()));
        SymbolicTensor a = SymbolicTensor.input("a", List.of(STEPS, FEATURES), 4);
        SymbolicTensor b = SymbolicTensor.input("b", List.of(STEPS, FEATURES), 8);
        SymbolicTensor sum = layer("Add", Map.of()).apply(a, b);
        assertRefused(
                "several, [4, 8]",
                () -> KerasModel.functional(
                        List.of(a, b), List.of(statefulLstm().apply(sum))));
        assertRefused("batch_shape begins with -1", () -> layer("InputLayer", Map.of("batch_shape", List.of(-1, 3))));
        assertRefused(
                "stateful, they must agree",
                () -> layer(
                        "Bidirectional",
                        Map.of(
                                "layer",
                                statefulLstm(),
                                "backward_layer",
                                Map.of("LSTM", Map.of("units", 3, "go_backwards", true)))));
    }

    private static Layer statefulLstm() {
        return layer("LSTM", Map.of("units", 3, "stateful", true));
    }

    private static KerasModel model(Layer stateful) {
        return KerasModel.sequential(input(STEPS, FEATURES).batchSize(BATCH), stateful, dense(1))
                .compile(Optimizers.adam(0.01), Losses.of("mse"));
    }

    private static FitArguments arguments() {
        return fit().batchSize(BATCH).epochs(3).shuffle(false).threads(2).verbose(0);
    }

    private static Dataset data() {
        Random random = new Random(SEED);
        return data(random(random, 3 * BATCH * STEPS * FEATURES), random(random, 3 * BATCH));
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Dataset data(float[] x, float[] y) {
        return Dataset.of(
                Nd4j.createFromArray(x).reshape(y.length, STEPS, FEATURES),
                Nd4j.createFromArray(y).reshape(y.length, 1));
    }

    private static float[] predict(KerasModel model, Dataset data) {
        return numbers(model.predict(data, inference().batchSize(BATCH).verbose(0)));
    }

    private static void setWeights(KerasModel model, float[] all) {
        List<INDArray> weights = new ArrayList<>();
        int from = 0;
        for (INDArray each : model.getWeights()) {
            int to = from + (int) each.length();
            weights.add(Nd4j.createFromArray(Arrays.copyOfRange(all, from, to)).reshape('c', each.shape()));
            from = to;
        }
        model.setWeights(weights);
    }

    private static float[] numbers(List<INDArray> arrays) {
        return Nd4j.toFlattened('c', arrays).data().asFloat();
    }

    private static float[] floats(JsonNode keras, String name) {
        float[] values = new float[keras.get(name).size()];
        IntStream.range(0, values.length)
                .forEach(i -> values[i] = (float) keras.get(name).get(i).asDouble());
        return values;
    }

    private static float[] floats(List<Double> numbers) {
        float[] values = new float[numbers.size()];
        IntStream.range(0, values.length).forEach(i -> values[i] = (float) (double) numbers.get(i));
        return values;
    }

    private static void assertClose(JsonNode keras, String name, float... actual) {
        float[] expected = keras.get(name).isArray()
                ? floats(keras, name)
                : new float[] {(float) keras.get(name).asDouble()};
        assertArrayEquals(expected, actual, (float) TOLERANCE, name);
    }

    private static void assertRefused(String message, Runnable call) {
        CoveyException e = assertThrows(CoveyException.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }
}
