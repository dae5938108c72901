package io.covey.spark.job;

import io.covey.server.exchange.ExchangeMode;
import io.covey.spark.job.JobConfig.Cluster;
import io.covey.spark.job.JobConfig.DataFormat;
import io.covey.spark.job.JobConfig.Servers;
import io.covey.spark.job.JobConfig.Source;
import io.covey.spark.job.JobConfig.Timeouts;
import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Node;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Sgd;
import io.covey.trainer.training.ValidationFreq;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class JobFileTest {
    @Test
    void shouldReadEveryKeyWhenAllAreGiven() {
        JobConfig job = JobTexts.parse(JobTexts.mlp());

        assertEquals("mnist-mlp", job.name());
        assertEquals(List.of(28, 28), job.model().model().inputShape());
        assertEquals(
                List.of("Flatten", "Dense", "Dense", "Dense", "Dense"),
                layers(job).stream().map(node -> node.layer().className()).toList());
        assertEquals(
                List.of(300, 200, 100, 10),
                layers(job).stream()
                        .filter(node -> node.layer() instanceof Dense)
                        .map(node -> ((Dense) node.layer()).units())
                        .toList());
        assertEquals(Activation.RELU, ((Dense) layers(job).get(1).layer()).activation());
        assertEquals(Activation.SOFTMAX, ((Dense) layers(job).get(4).layer()).activation());
        String train = "/jobs/data/train-";
        String test = "/jobs/data/t10k-";
        assertEquals(source(train, 5000, null), job.data().train());
        assertEquals(source(train, 0, 5000L), job.data().validation());
        assertEquals(source(test, 0, null), job.data().test());
        assertEquals(1.0 / 255, job.data().scale());
        assertEquals(
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                job.compile().toOptions(job.model().model(), job.fit().classWeight()));
        assertEquals(new Sgd(0.01), job.compile().toOptimizer());
        assertEquals(
                new JobConfig.Fit(
                        10,
                        32,
                        true,
                        42,
                        0,
                        0,
                        Semantics.KERAS3,
                        0,
                        32,
                        0,
                        ValidationFreq.DEFAULT,
                        Map.of(),
                        List.of()),
                job.fit());
        assertEquals(2, job.cluster().workers());
        assertEquals(4, job.cluster().virtualShards());
        assertEquals(new Servers(2, false), job.cluster().servers());
        assertEquals(
                new JobConfig.Checkpoint(
                        "/jobs/runs/mnist-mlp", new CheckpointInterval(1, CheckpointInterval.Unit.EPOCH), 3),
                job.checkpoint());
    }

    @Test
    void shouldReadDedicatedServersAndWriteThemBack() {
        JobConfig job = JobTexts.parse(JobTexts.mlp().replace("servers: 2", "servers: {dedicated: 3}"));
        assertEquals(new Servers(3, true), job.cluster().servers());
        assertEquals(2 + 3, job.cluster().tasks());
        assertEquals(job.cluster(), JobTexts.parse(job.effectiveYaml()).cluster());
    }

    @Test
    void shouldReadModesThatNeedDedicatedServersAndWriteThemBack() {
        Map<String, ExchangeMode> modes = Map.of(
                "backup_workers: 1", new ExchangeMode.BackupWorkers(1),
                "mode: ssp, staleness: 4", new ExchangeMode.Ssp(4),
                "mode: async", new ExchangeMode.Async());
        modes.forEach((keys, mode) -> {
            JobConfig job = JobTexts.parse(JobTexts.mlp().replace("servers: 2, mode: sync", keys));
            assertEquals(mode, job.cluster().mode());
            assertEquals(new Servers(1, true), job.cluster().servers());
            assertEquals(job.cluster(), JobTexts.parse(job.effectiveYaml()).cluster());
        });
    }

    @Test
    void shouldReadLocalSgdAndWriteItBack() {
        JobConfig job = JobTexts.parse(JobTexts.mlp().replace("mode: sync", "mode: local_sgd, sync_every: 8"));
        assertEquals(new ExchangeMode.LocalSgd(8), job.cluster().mode());
        assertEquals(0, job.cluster().replicas());
        assertEquals(job.cluster(), JobTexts.parse(job.effectiveYaml()).cluster());
    }

    @Test
    void shouldReadTheEpochsToValidateAfterAndWriteThemBack() {
        JobConfig job = JobTexts.parse(JobTexts.mlp().replace("epochs: 10", "epochs: 10, validation_freq: [1, 2, 10]"));
        assertEquals(ValidationFreq.at(List.of(1, 2, 10)), job.fit().validationFreq());
        assertEquals(job.fit(), JobTexts.parse(job.effectiveYaml()).fit());
    }

    @Test
    void shouldReadSampleWeightsAndWriteThemBackWithoutChangingTheHashOfJobsThatHaveNone() {
        JobConfig plain = JobTexts.parse(JobTexts.MINIMAL);
        JobConfig job = JobTexts.parse(JobTexts.MINIMAL.replace("labels: y", "labels: y, sample_weight: w.gz"));
        assertEquals("/jobs/w.gz", job.data().train().sampleWeight());
        assertEquals(job.data(), JobTexts.parse(job.effectiveYaml()).data());
        assertNotEquals(plain.configurationHash(), job.configurationHash());
        assertFalse(plain.canonicalText().contains("sample_weight"));
    }

    /** The layers without the input. */
    private static List<Node> layers(JobConfig job) {
        List<Node> nodes = job.model().model().nodes();
        return nodes.subList(1, nodes.size());
    }

    private static Source source(String prefix, long skip, Long limit) {
        return new Source(
                DataFormat.IDX, prefix + "images-idx3-ubyte.gz", prefix + "labels-idx1-ubyte.gz", skip, limit);
    }

    @Test
    void shouldFillInDefaultsWhenOnlyTheRequiredKeysAreGiven() {
        JobConfig job = JobTexts.parse(JobTexts.MINIMAL);

        assertEquals("mlp", job.name());
        assertEquals("sequential", job.model().name());
        assertEquals(
                new Source(DataFormat.IDX, "/jobs/x", "/jobs/y", 0, null),
                job.data().train());
        assertNull(job.data().validation());
        assertNull(job.data().test());
        assertEquals(1.0, job.data().scale());
        assertEquals(
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                job.compile().toOptions(job.model().model(), job.fit().classWeight()));
        assertEquals(new Sgd(0.01), job.compile().toOptimizer());
        assertEquals(
                new JobConfig.Fit(
                        2, 32, true, 42, 0, 0, Semantics.KERAS3, 0, 32, 0, ValidationFreq.DEFAULT, Map.of(), List.of()),
                job.fit());
        JobConfig.Wire plain = new JobConfig.Wire(null, null);
        Timeouts timeouts = new Timeouts(
                Duration.ofMinutes(2),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofSeconds(5));
        assertEquals(
                new Cluster(
                        1,
                        1,
                        new Servers(1, false),
                        new ExchangeMode.Sync(),
                        null,
                        1,
                        1,
                        1,
                        1,
                        timeouts,
                        null,
                        null,
                        0,
                        null,
                        false,
                        plain),
                job.cluster());
        assertEquals(
                new JobConfig.Checkpoint("/jobs/runs/mlp", new CheckpointInterval(1, CheckpointInterval.Unit.EPOCH), 3),
                job.checkpoint());
    }

    @Test
    void shouldReadAllOptionsOfLayersAndCallbacksWhenTheyAreGiven() {
        JobConfig job = JobTexts.parse("""
                model:
                  name: classifier
                  sequential:
                    - flatten: {name: flat, input_shape: [2, 2]}
                    - dense:
                        name: hidden
                        units: 5
                        use_bias: false
                        kernel_initializer: zeros
                        bias_initializer: glorot_uniform
                    - flatten
                    - dense: {units: 3, activation: softmax}
                data:
                  train: {format: idx, images: hdfs://nn:8020/x.gz, labels: /abs/y, limit: 100}
                  scale: 0.5
                compile: {optimizer: {sgd: }, loss: sparse_categorical_crossentropy}
                fit:
                  epochs: 3
                  shuffle: false
                  seed: -7
                  callbacks:
                    - csv_logger: {filename: logs/log.csv, separator: ";", append: true}
                cluster:
                  workers: 2
                  lanes: 3
                  master: spark://host:7077
                  start_timeout: 1 h
                  connect_timeout: 500 ms
                  step_timeout: 7s
                  aeron_directory: /dev/shm
                  host: 10.0.0.1
                  port: 4711
                checkpoint: {dir: s3a://bucket/run, every: 500 steps, keep: 1}
                """);

        assertEquals("classifier", job.model().name());
        assertEquals(
                List.of("flat", "hidden", "flatten", "dense"),
                layers(job).stream().map(Node::name).toList());
        Dense hidden = (Dense) layers(job).get(1).layer();
        assertEquals(5, hidden.units());
        assertEquals(Activation.LINEAR, hidden.activation());
        assertFalse(hidden.hasBias());
        assertEquals(new Zeros(), layers(job).get(1).parameters().get(0).initializer());
        assertEquals(
                new Source(DataFormat.IDX, "hdfs://nn:8020/x.gz", "/abs/y", 0, 100L),
                job.data().train());
        assertEquals(new Sgd(0.01), job.compile().toOptimizer());
        assertEquals(
                new JobConfig.Fit(
                        3,
                        32,
                        false,
                        -7,
                        0,
                        0,
                        Semantics.KERAS3,
                        0,
                        32,
                        0,
                        ValidationFreq.DEFAULT,
                        Map.of(),
                        List.of(new Named(
                                "csv_logger",
                                Map.of("filename", "/jobs/logs/log.csv", "separator", ";", "append", true)))),
                job.fit());
        Cluster cluster = job.cluster();
        assertEquals(3, cluster.lanes());
        assertEquals(6, cluster.virtualShards());
        assertEquals("spark://host:7077", cluster.master());
        assertEquals(Duration.ofHours(1), cluster.timeouts().start());
        assertEquals(Duration.ofMillis(500), cluster.timeouts().connect());
        assertEquals(Duration.ofSeconds(7), cluster.timeouts().step());
        assertEquals("/dev/shm", cluster.aeronDirectory());
        assertEquals("10.0.0.1", cluster.host());
        assertEquals(4711, cluster.port());
        assertEquals(
                new JobConfig.Checkpoint(
                        "s3a://bucket/run", new CheckpointInterval(500, CheckpointInterval.Unit.STEP), 1),
                job.checkpoint());
    }

    @Test
    void shouldResolvePathsAgainstTheFolderWhenItIsLocalOrAUri() {
        assertEquals("/a/c/d", PathType.resolve("/a/b", "../c/d"));
        assertEquals("/c", PathType.resolve("/a/b", "/c"));
        assertEquals("hdfs://nn/jobs/c/d", PathType.resolve("hdfs://nn/jobs", "c/d"));
        assertEquals("hdfs://nn/jobs/c", PathType.resolve("hdfs://nn/jobs/", "c"));
        assertEquals("/c", PathType.resolve("hdfs://nn/jobs", "/c"));
        assertEquals("file:/c", PathType.resolve("/a", "file:/c"));
    }

    @Test
    void shouldShareAnchorsWhenAliasesNameThem() {
        String text = JobTexts.MINIMAL
                .replace("train: {format", "train: &source {format")
                .replace("compile:", "  test: *source\ncompile:");

        JobConfig job = JobTexts.parse(text);

        assertEquals(job.data().train(), job.data().test());
    }

    @Test
    void shouldLoadAFileRelativeToItsFolder(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("my job!.yaml");
        Files.writeString(file, JobTexts.MINIMAL);

        JobConfig job = JobFile.load(file, List.of("fit.epochs=5"));

        assertEquals("my-job-", job.name());
        assertEquals(folder.resolve("x").toString(), job.data().train().images());
        assertEquals(folder.resolve("runs/my-job-").toString(), job.checkpoint().dir());
        assertEquals(5, job.fit().epochs());
    }

    @Test
    void shouldSayWhyWhenAFileCannotBeRead(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.yaml");
        Path binary = folder.resolve("binary.yaml");
        Files.write(binary, "name: \u00e4".getBytes(StandardCharsets.ISO_8859_1));

        assertEquals("cannot read job file " + missing + ": there is no such file", loadRefusal(missing));
        assertEquals("cannot read job file " + folder + ": it is a folder", loadRefusal(folder));
        assertEquals("job file " + binary + " is not UTF-8 text", loadRefusal(binary));
    }

    private static String loadRefusal(Path file) {
        CoveyException e = assertThrows(CoveyException.class, () -> JobFile.load(file, List.of()));
        assertEquals(CoveyException.Category.CALLER, e.category());
        return e.getMessage();
    }

    @Test
    void shouldRefuseEpochsAndSplitsThatContradict() {
        assertTrue(JobTexts.refusal(JobTexts.MINIMAL, "fit.initial_epoch=2")
                .contains("fit.initial_epoch: is 2, it must be below fit.epochs = 2"));
        assertTrue(JobTexts.refusal(JobTexts.mlp(), "fit.validation_split=0.1")
                .contains("fit.validation_split: is 0.1, but there is data.validation"));
        assertTrue(JobTexts.refusal(JobTexts.MINIMAL, "fit.validation_split=1")
                .contains("fit.validation_split: is 1, wanted a number from 0 to below 1"));
    }
}
