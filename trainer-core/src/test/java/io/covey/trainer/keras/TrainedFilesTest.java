package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.testing.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.activations.Activation.LINEAR;
import static io.covey.trainer.activations.Activation.TANH;
import static io.covey.trainer.api.FitArguments.fit;
import static io.covey.trainer.api.Layers.batchNormalization;
import static io.covey.trainer.api.Layers.dense;
import static io.covey.trainer.api.Layers.input;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Compiled models with their optimizer's variables: those that Keras 3.15 saved after five batches, with the weights that it had
 * after three more, those of Keras 2, and Covey's own. Another folder of Keras' cases: {@code -Dcovey.trained.dir}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TrainedFilesTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("covey.trained.dir", "src/test/resources/keras/trained"));

    private static final Path KERAS_2 = Path.of("src/test/resources/keras/keras2_compiled");

    private static final int MORE_BATCHES = 3;

    /** Eight steps of float32, whose sums are in another order. */
    private static final float TOLERANCE = 2e-6f;

    @TempDir
    private Path folder;

    static List<Path> recorded() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().startsWith("model."))
                    .sorted()
                    .toList();
        }
    }

    static Stream<Optimizer> optimizers() {
        Map<String, Object> decay =
                Map.of("exponential_decay", Map.of("initial_learning_rate", 0.05, "decay_steps", 2, "decay_rate", 0.5));
        Stream<Optimizer> plain = Optimizers.names().stream().map(name -> Optimizers.of(name, Map.of()));
        Stream<Optimizer> others = Stream.of(
                Optimizers.of("sgd", Map.of("momentum", 0.9, "nesterov", true)),
                Optimizers.of("sgd", Map.of("learning_rate", decay)),
                Optimizers.of("adam", Map.of("amsgrad", true, "clipnorm", 0.1)),
                Optimizers.of("adam", Map.of("use_ema", true, "gradient_accumulation_steps", 2)),
                Optimizers.of("rmsprop", Map.of("momentum", 0.8, "centered", true)));
        return Stream.concat(plain, others);
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void shouldTrainOnAsKerasDidWhenACompiledModelIsLoaded(Path file) {
        Path recorded = file.getParent();
        Dataset batch = Dataset.of(array(recorded, "x0"), array(recorded, "y0"));
        try (KerasModel model = KerasModel.load(file)) {
            assertEquals(5, model.iterations());
            train(model, batch);
            assertArrayEquals(array(recorded, "after").data().asFloat(), weights(model), TOLERANCE);
        }
    }

    @Test
    void shouldBeCompiledWithANewOptimizerWhenKeras2SavedTheModel() {
        INDArray x = Nd4j.linspace(-1, 1, 18, DataType.FLOAT).reshape(6, 3);
        Dataset batch = Dataset.of(x, Nd4j.createFromArray(0, 1, 0, 1, 1, 0));
        for (String optimizer : List.of("adam", "sgd")) {
            try (KerasModel model = KerasModel.load(KERAS_2.resolve(optimizer + ".h5"))) {
                assertEquals(0, model.iterations());
                assertEquals(optimizer.equals("sgd") ? 0.1 : 0.01, model.learningRate(), 1e-8);
                assertEquals(Set.of("accuracy", "loss"), model.evaluate(batch).keySet());
                train(model, batch);
                assertEquals(MORE_BATCHES, model.iterations());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void shouldTrainOnToTheSameBitsWhenASavedModelIsLoaded(Optimizer optimizer) {
        for (String name : List.of("model.keras", "model.h5")) {
            try (KerasModel model = model(optimizer)) {
                train(model, batch());
                Path file = folder.resolve(name);
                model.save(file);
                try (KerasModel loaded = KerasModel.load(file)) {
                    assertEquals(model.iterations(), loaded.iterations());
                    assertEquals(model.learningRate(), loaded.learningRate());
                    train(model, batch());
                    train(loaded, batch());
                    assertArrayEquals(weights(model), weights(loaded));
                    assertEquals(model.evaluate(batch()), loaded.evaluate(batch()));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model-{epoch}.keras", "model-{epoch}.h5"})
    void shouldTrainOnToTheSameBitsWhenAModelIsLoadedThatACallbackSaved(String name) {
        Dataset data = batch();
        FitArguments arguments = FitArguments.fit().batchSize(2).shuffle(false).verbose(0);
        Callback atEpochs = Callbacks.modelCheckpoint(folder.resolve(name).toString());
        Callback atBatches = Callbacks.modelCheckpoint(
                        folder.resolve("{batch}-" + name).toString())
                .saveFreq(5);
        Callback halving = Callbacks.learningRateScheduler((epoch, rate) -> rate / 2);
        try (KerasModel model = model(Optimizers.of("adam", Map.of("amsgrad", true)))) {
            model.fit(data, arguments.epochs(3).callbacks(halving, atEpochs, atBatches));
            try (KerasModel atEpoch = KerasModel.load(folder.resolve(name.replace("{epoch}", "2")));
                    KerasModel atBatch = KerasModel.load(folder.resolve("2-" + name.replace("{epoch}", "2")))) {
                assertEquals(6, atEpoch.iterations());
                assertEquals(5, atBatch.iterations());
                atBatch.fit(data.range(4, 6), arguments.epochs(1).callbacks());
                for (KerasModel loaded : List.of(atEpoch, atBatch)) {
                    loaded.fit(data, arguments.epochs(1).callbacks(halving));
                    assertArrayEquals(weights(model), weights(loaded));
                    assertEquals(model.learningRate(), loaded.learningRate());
                }
            }
        }
    }

    @Test
    void shouldNotBeCompiledWhenKeras3DoesNotHaveTheOptimizer() {
        Path file = folder.resolve("model.keras");
        try (KerasModel model = model(Optimizers.of("adam", Map.of("semantics", "keras2")))) {
            model.save(file);
        }
        try (KerasModel loaded = KerasModel.load(file)) {
            CoveyException e = assertThrows(CoveyException.class, () -> train(loaded, batch()));
            assertTrue(e.getMessage().contains("compile the model before train_on_batch"), e.getMessage());
        }
    }

    @Test
    void shouldKeepLossesAndMetricsWhenAModelHasSeveralOutputs() {
        CompileOptions options = CompileOptions.of(
                OutputOptions.of(Losses.huber().with("delta", 0.5))
                        .metrics(Metrics.of("accuracy"), Metrics.of("auc", Map.of("num_thresholds", 20))),
                OutputOptions.of(Losses.meanSquaredError().named("own"))
                        .lossWeight(0.25)
                        .weightedMetrics(Metrics.of("mae")));
        Compiled compiled = new Compiled(Optimizers.sgd(0.5), options);
        Model twice = twoOutputs();
        Compiled read = Compiled.of(CompileJson.of(compiled, 0.5f, twice), twice);
        assertEquals(compiled, read);

        Map<String, Object> byName = Map.of(
                "optimizer", "sgd",
                "loss", Map.of(twice.outputName(1), "mse"),
                "loss_weights", Map.of(twice.outputName(1), 3),
                "metrics", Map.of(twice.outputName(0), List.of("mae")));
        assertEquals(
                CompileOptions.of(
                        OutputOptions.of(null).metrics(Metrics.of("mae")),
                        OutputOptions.of(Losses.of("mse")).lossWeight(3)),
                Compiled.of(byName, twice).options());
    }

    @Test
    void shouldWriteTheClassOfAnAccuracyWhenKerasDoesNotKnowItsName() {
        Compiled compiled = new Compiled(
                Optimizers.sgd(0.5),
                CompileOptions.of(
                        OutputOptions.of(Losses.sparseCategoricalCrossentropy())
                                .metrics(
                                        Metrics.of("acc"),
                                        Metrics.of("accuracy").named("hits")),
                        OutputOptions.of(Losses.categoricalCrossentropy())
                                .weightedMetrics(Metrics.of("accuracy").named("share"))));
        Model twice = twoOutputs();

        Map<String, Object> written = CompileJson.of(compiled, 0.5f, twice);

        assertEquals(
                CompileOptions.of(
                        OutputOptions.of(Losses.sparseCategoricalCrossentropy())
                                .metrics(
                                        Metrics.of("acc"),
                                        Metrics.ofClass("SparseCategoricalAccuracy", Map.of("name", "hits"))),
                        OutputOptions.of(Losses.categoricalCrossentropy())
                                .weightedMetrics(Metrics.ofClass("CategoricalAccuracy", Map.of("name", "share")))),
                Compiled.of(written, twice).options());
    }

    @ParameterizedTest
    @CsvSource({"none, has a loss", "name, 'loss names the outputs [tail], the model''s are [head]'"})
    void shouldLoadAModelWhoseLossesDoNotFitAndSayWhyItIsNotTrained(String file, String reason) throws Exception {
        Path misfit = Path.of(TrainedFilesTest.class
                .getResource("/keras/misfit/" + file + ".keras")
                .toURI());
        try (KerasModel loaded = KerasModel.load(misfit)) {
            Dataset data = Dataset.of(Nd4j.ones(DataType.FLOAT, 3, 2), Nd4j.ones(DataType.FLOAT, 3, 2));
            assertEquals(3, loaded.predict(Nd4j.ones(DataType.FLOAT, 3, 2)).size(0));
            CoveyException e = assertThrows(CoveyException.class, () -> loaded.fit(data));
            assertTrue(e.getMessage().contains("compile the model before fit"), e.getMessage());
            assertTrue(e.getMessage().contains(reason), e.getMessage());

            loaded.compile("sgd", "mse").fit(data, fit().verbose(0));
        }
    }

    @Test
    void shouldRefuseListsThatAreNotOfTheModelsOutputs() {
        Model twice = twoOutputs();
        Map<String, Object> three = Map.of("optimizer", "sgd", "loss", List.of("mse", "mse", "mse"));
        Map<String, Object> one = Map.of("optimizer", "sgd", "loss", "mse", "metrics", List.of("mae"));
        assertThrows(CoveyException.class, () -> Compiled.of(three, twice));
        assertThrows(CoveyException.class, () -> Compiled.of(one, twice));
    }

    private static Model twoOutputs() {
        SymbolicTensor x = SymbolicTensor.input(3);
        return Model.functional(
                "two",
                List.of(x),
                List.of(dense(2, LINEAR).apply(x), dense(2, LINEAR).apply(x)));
    }

    private static KerasModel model(Optimizer optimizer) {
        return KerasModel.sequential(input(3), dense(4, TANH), batchNormalization(), dense(2, LINEAR))
                .compile(optimizer, Losses.huber().with("delta", 0.5), Metrics.of("mae"), Metrics.of("accuracy"));
    }

    private static Dataset batch() {
        INDArray x = Nd4j.linspace(-1, 1, 18, DataType.FLOAT).reshape(6, 3);
        return Dataset.of(x, Nd4j.linspace(0, 3, 12, DataType.FLOAT).reshape(6, 2));
    }

    private static void train(KerasModel model, Dataset batch) {
        for (int i = 0; i < MORE_BATCHES; i++) {
            model.trainOnBatch(batch);
        }
    }

    private static float[] weights(KerasModel model) {
        return Nd4j.toFlattened('c', model.getWeights()).data().asFloat();
    }

    private static INDArray array(Path recorded, String name) {
        NpyFile file = NpyFile.read(recorded.resolve(name + ".npy"));
        long[] shape = file.shape().stream().mapToLong(n -> n).toArray();
        return Nd4j.createFromArray(file.floats()).reshape('c', shape);
    }
}
