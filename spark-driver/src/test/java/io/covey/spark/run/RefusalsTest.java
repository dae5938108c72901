package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.api.Layers;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.optimizer.Optimizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.covey.trainer.api.InferenceArguments.inference;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Mistakes in data and arguments are refused before anything is trained, in this process, on a cluster and in a job. */
@Timeout(300)
class RefusalsTest {
    private static final int ROWS = 20;
    private static final int FEATURES = 3;

    @TempDir
    private Path folder;

    /** A sound data set with a mistake in row 13. */
    private static Dataset data(String mistake) {
        int features = mistake.equals("shape") ? FEATURES + 1 : FEATURES;
        float[] x = new float[ROWS * features];
        float[] y = new float[ROWS];
        float[] weights = new float[ROWS];
        switch (mistake) {
            case "label" -> y[13] = 7;
            case "float label" -> y[13] = 0.5f;
            case "NaN" -> x[13 * features + 2] = Float.NaN;
            case "infinite" -> x[13 * features + 2] = Float.POSITIVE_INFINITY;
            case "weight" -> weights[13] = Float.NaN;
            default -> assertTrue(List.of("shape", "monitor", "none").contains(mistake), mistake);
        }
        return Dataset.of(new SampleBlock(
                ROWS, List.of(new Column.Floats(features, x)), List.of(new Column.Floats(1, y)), weights));
    }

    private static FitArguments arguments(String mistake) {
        FitArguments arguments = FitArguments.fit().batchSize(10).verbose(0);
        return mistake.equals("monitor") ? arguments.callbacks(Callbacks.earlyStopping()) : arguments;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "label       | train data: row 13 has label 7.0, labels must be in [0, 1] for a model with 2 outputs",
                "float label | train data: row 13 has label 0.5, labels must be integers in [0, 1] for a model with 2"
                        + " outputs",
                "NaN         | train data: row 13 has the input NaN at place 2: every number must be finite",
                "infinite    | train data: row 13 has the input Infinity at place 2: every number must be finite",
                "weight      | train data: row 13 has the sample weight NaN at place 0: every number must be finite",
                "shape       | train data has 4 features per row, the model's input_shape [3] needs 3",
                "monitor     | callback EarlyStopping monitors val_loss, which the logs of this run never have without"
                        + " validation data; available are: loss"
            })
    void shouldRefuseTheSameHereAndBeforeAClusterIsStarted(String mistake, String message) throws IOException {
        try (KerasModel model = KerasModel.sequential(Layers.input(FEATURES), Layers.dense(2, Activation.SOFTMAX));
                CoveyCluster cluster = CoveyCluster.start(folder.toString(), "virtual_shards=2", "workers=2")) {
            model.compile(Optimizers.sgd(0.1), Losses.sparseCategoricalCrossentropy());
            assertRefused(message, () -> model.fit(data(mistake), arguments(mistake)));
            assertRefused(
                    message, () -> model.fit(data(mistake), arguments(mistake).on(cluster)));
            assertEquals(0, model.iterations());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count(), "a cluster was started");
        }
    }

    @Test
    void shouldRefuseStatefulLayersBeforeAClusterIsStarted() throws IOException {
        Layer stateful = Layers.layer("SimpleRNN", Map.of("units", 2, "stateful", true));
        try (KerasModel model = KerasModel.sequential(Layers.input(1, FEATURES).batchSize(10), stateful);
                CoveyCluster cluster = CoveyCluster.start(folder.toString(), "virtual_shards=2", "workers=2")) {
            model.compile(
                    Optimizers.sgd(0.1), Losses.sparseCategoricalCrossentropy().with("from_logits", true));
            Dataset data = data("none");
            String message =
                    "model sequential: stateful is true, but the workers of a cluster, on which jobs run, keep no"
                            + " states from batch to batch: train with KerasModel in one process, or pass the states on as"
                            + " initial_state with return_state";
            assertRefused(message, () -> model.fit(data, arguments("none").on(cluster)));
            assertRefused(
                    message,
                    () -> model.evaluate(data, inference().batchSize(10).on(cluster)));
            model.fit(data, arguments("none"));
            assertEquals(2, model.iterations());
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(0, files.count(), "a cluster was started");
            }
            Files.writeString(folder.resolve("m.json"), model.toJson());
        }
        String job = """
                model: {file: m.json}
                data: {train: {format: idx, images: x, labels: y}}
                compile: {optimizer: sgd, loss: sparse_categorical_crossentropy}
                """;
        assertRefused(
                "model.file: stateful is true, but the workers of a cluster",
                () -> JobFile.parse("job.yaml", job, folder.toString(), List.of()));
    }

    private JobConfig job(String fit) throws IOException {
        return job(fit, "servers: 1, workers: 2");
    }

    private JobConfig job(String fit, String cluster) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(12 + ROWS * FEATURES);
        images.putInt(0x0802).putInt(ROWS).putInt(FEATURES);
        Files.write(folder.resolve("x"), images.array());
        writeLabels(0);
        return JobFile.parse("job.yaml", """
                model:
                  input_shape: [3]
                  sequential:
                    - dense: {units: 2, activation: softmax}
                data: {train: {format: idx, images: x, labels: y}}
                compile: {optimizer: sgd, loss: sparse_categorical_crossentropy}
                fit: %s
                cluster: {virtual_shards: 2, %s}
                checkpoint: {dir: run}
                """.formatted(fit, cluster), folder.toString(), List.of());
    }

    private void writeLabels(int ofRow13) throws IOException {
        ByteBuffer labels = ByteBuffer.allocate(8 + ROWS);
        labels.putInt(0x0801).putInt(ROWS).put(8 + 13, (byte) ofRow13);
        Files.write(folder.resolve("y"), labels.array());
    }

    @Test
    void shouldCheckCallbacksOfAJobWhenItIsValidated() throws IOException {
        SparkJobRunner runner = new SparkJobRunner();
        JobConfig unknown = job("{epochs: 2, callbacks: [early_stopping: {monitor: lost}]}");
        assertRefused(
                "callback EarlyStopping monitors lost, which the logs of this run never have; available are: loss",
                () -> runner.check(unknown));
        JobConfig noBackup = job("{epochs: 2, callbacks: [early_stopping: {monitor: slowest_dropped, mode: min}]}");
        assertRefused("monitors slowest_dropped, which the logs of this run never have", () -> runner.check(noBackup));
        runner.check(job(
                "{epochs: 2, callbacks: [early_stopping: {monitor: slowest_dropped, mode: min}]}",
                "mode: sync, backup_workers: 1, workers: 2"));
        JobConfig path = job("{epochs: 2, callbacks: [model_checkpoint: {filepath: 'm-{val_loss:.2f}'}]}");
        assertRefused(
                "callback ModelCheckpoint monitors val_loss, which the logs of this run never have without validation"
                        + " data; available are: loss",
                () -> runner.check(path));
    }

    @Test
    void shouldNameTheRowOfAJobsDataWhenItsLabelIsNoClass() throws IOException {
        JobConfig job = job("{epochs: 2, batch_size: 10}");
        writeLabels(7);
        PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        String message = "train data: row 13 has label 7, labels must be in [0, 1] for a model with 2 outputs";
        assertRefused(message, () -> new SparkJobRunner().check(job));
        assertRefused(
                message, () -> new SparkJobRunner().train(job, new RunOptions(null, null, quiet, false, 80, true)));
    }

    /** A validation finds what training on the first rows would not. */
    @Test
    void shouldNameTheFileWhenAValidatedJobsDataAreTruncated() throws IOException {
        JobConfig job = job("{epochs: 2}");
        SparkJobRunner runner = new SparkJobRunner();
        runner.check(job);
        Path images = folder.resolve("x");
        Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 12 + ROWS * FEATURES - 1));
        assertRefused(images + " is truncated: expected 72 bytes, found 71", () -> runner.check(job));
    }

    private static void assertRefused(String message, Executable refused) {
        CoveyException e = assertThrows(CoveyException.class, refused);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category(), e.getMessage());
    }
}
