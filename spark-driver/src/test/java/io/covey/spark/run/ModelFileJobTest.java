package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.trainer.CoveyException;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.training.DataSplit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Jobs whose model is a file that Keras saved. */
@Timeout(180)
class ModelFileJobTest {
    private static final long SEED = 3;
    private static final int ROWS = 24;
    private static final int FEATURES = 4;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        Random random = new Random(SEED);
        ByteBuffer images = ByteBuffer.allocate(12 + ROWS * FEATURES);
        images.putInt(0x0802).putInt(ROWS).putInt(FEATURES);
        ByteBuffer labels = ByteBuffer.allocate(8 + ROWS);
        labels.putInt(0x0801).putInt(ROWS);
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < FEATURES; i++) {
                images.put((byte) random.nextInt(256));
            }
            labels.put((byte) random.nextInt(3));
        }
        Files.write(folder.resolve("x"), images.array());
        Files.write(folder.resolve("y"), labels.array());
        Files.write(folder.resolve("mlp.keras"), resource("mlp.keras"));
    }

    private static byte[] resource(String name) throws IOException {
        try (var stream = ModelFileJobTest.class.getResourceAsStream("/keras/" + name)) {
            return stream.readAllBytes();
        }
    }

    private JobConfig job(String model, int workers, String... overrides) {
        return JobFile.parse(
                "job.yaml", """
                model: {file: %s}
                data:
                  train: {format: idx, images: x, labels: y}
                  scale: 1/255
                compile: {optimizer: {sgd: {learning_rate: 0.05}}, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
                fit: {epochs: 2, batch_size: 8, shuffle: false}
                cluster: {virtual_shards: 2, servers: %d, workers: %d}
                checkpoint: {dir: run%d}
                """.formatted(model, workers, workers, workers), folder.toString(), List.of(overrides));
    }

    private static RunOptions quiet() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return new RunOptions(null, null, nowhere, false, 80, true);
    }

    @Test
    void shouldTrainFromTheFilesWeightsAsKerasModelDoesWhateverTheNumberOfWorkers() {
        SparkJobRunner runner = new SparkJobRunner();
        RunResult one = runner.train(job("mlp.keras", 1), quiet());
        RunResult two = runner.train(job("mlp.keras", 2), quiet());
        assertEquals(one.weightsSha256(), two.weightsSha256());
        assertEquals(
                one.weightsSha256(),
                runner.evaluate(one.directory(), DataSplit.TRAIN, quiet()).weightsSha256());

        Dataset data = Dataset.idx(folder.resolve("x"), folder.resolve("y")).scale(1 / 255.0);
        try (KerasModel model = KerasModel.load(folder.resolve("mlp.keras"))) {
            model.compile(Optimizers.sgd(0.05), Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy"));
            model.fit(
                    data,
                    FitArguments.fit()
                            .epochs(2)
                            .batchSize(8)
                            .shuffle(false)
                            .threads(2)
                            .verbose(0));
            assertEquals(one.weightsSha256(), sha256(model));
        }
    }

    @Test
    void shouldSaveWhatKerasOpensWhenCallbacksNameItsFiles() throws IOException {
        JobConfig job = job(
                "mlp.keras",
                2,
                "fit.callbacks=[model_checkpoint: {filepath: '%s/{epoch}.keras'}, model_checkpoint: {filepath:"
                                .formatted(folder)
                        + " '%s/w.weights.h5', save_weights_only: true}, tensor_board: {log_dir: '%s/logs'}]"
                                .formatted(folder, folder));
        RunResult result = new SparkJobRunner().train(job, quiet());
        try (KerasModel first = KerasModel.load(folder.resolve("1.keras"));
                KerasModel last = KerasModel.load(folder.resolve("2.keras"))) {
            assertEquals(result.weightsSha256(), sha256(last));
            assertNotEquals(sha256(first), sha256(last));
            first.loadWeights(folder.resolve("w.weights.h5"));
            assertEquals(sha256(last), sha256(first));
            assertTrue(events(folder.resolve("logs/train")).contains(last.toJson()), "the graph in TensorBoard's file");
        }
    }

    @Test
    void shouldRefuseAResumeWhenTheFileHoldsAnotherModel() throws IOException {
        SparkJobRunner runner = new SparkJobRunner();
        RunResult run = runner.train(job("mlp.keras", 1, "fit.epochs=1"), quiet());
        Path json = folder.resolve("mlp.keras");
        try (KerasModel model = KerasModel.load(json)) {
            String text = model.toJson();
            assertTrue(text.contains("\"relu\""), text);
            Files.writeString(json, text.replace("\"relu\"", "\"tanh\""));
        }
        CoveyException other = assertThrows(
                CoveyException.class, () -> runner.resume(run.directory(), List.of("fit.epochs=2"), quiet()));
        assertTrue(other.getMessage().contains("model.file.architecture is "), other.getMessage());

        Files.write(json, resource("mlp.keras"));
        RunResult resumed = runner.resume(run.directory(), List.of("fit.epochs=2"), quiet());
        assertEquals(runner.train(job("mlp.keras", 2), quiet()).weightsSha256(), resumed.weightsSha256());
    }

    private static String events(Path logs) throws IOException {
        StringBuilder all = new StringBuilder();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(logs)) {
            for (Path file : files) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    private static String sha256(KerasModel model) {
        ParameterLayout layout = model.model().layout();
        List<INDArray> arrays = model.getWeights();
        try (NativeFloats weights = NativeFloats.allocate(layout.length())) {
            for (int i = 0; i < arrays.size(); i++) {
                weights.put(
                        layout.parameters().get(i).offset(),
                        arrays.get(i).dup('c').data().asFloat());
            }
            return WeightsHash.sha256(layout, weights);
        }
    }

    @Test
    void shouldRefuseAFileThatIsCutWhenTheJobIsReadOrChecked() throws IOException {
        byte[] whole = resource("mlp.keras");
        Files.write(folder.resolve("cut.keras"), Arrays.copyOf(whole, whole.length / 2));
        CoveyException cut = assertThrows(CoveyException.class, () -> job("cut.keras", 1));
        assertTrue(cut.getMessage().contains("job.yaml:1: model.file: " + folder + "/cut.keras cannot be read"));

        CoveyException missing = assertThrows(CoveyException.class, () -> job("none.keras", 1));
        assertTrue(missing.getMessage().contains("none.keras"), missing.getMessage());
    }
}
