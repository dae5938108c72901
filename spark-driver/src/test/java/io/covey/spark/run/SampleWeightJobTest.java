package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.api.Layers;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import io.covey.trainer.optimizer.Optimizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Jobs whose data have a file of sample weights beside the labels. */
@Timeout(300)
class SampleWeightJobTest {
    private static final long SEED = 3;
    private static final int ROWS = 30;
    private static final int FEATURES = 4;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeData() throws IOException {
        IdxFiles.write(folder, ROWS, FEATURES, 3, SEED);
    }

    private JobConfig job(int workers) {
        return JobFile.parse("job.yaml", """
                model:
                  input_shape: [4]
                  sequential:
                    - dense: {units: 3, activation: softmax}
                data:
                  train: {format: idx, images: x, labels: y, sample_weight: w, skip: 10}
                  validation: {format: idx, images: x, labels: y, sample_weight: w, limit: 10}
                  scale: 1/255
                compile:
                  optimizer: {sgd: {learning_rate: 0.05}}
                  loss: {sparse_categorical_crossentropy: {reduction: sum}}
                  metrics: [accuracy]
                  weighted_metrics: [accuracy]
                fit: {epochs: 2, batch_size: 8, shuffle: false}
                cluster: {virtual_shards: 2, servers: 1, workers: %d}
                checkpoint: {dir: run%d}
                """.formatted(workers, workers), folder.toString(), List.of());
    }

    private RunResult train(JobConfig job) {
        PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return new SparkJobRunner().train(job, new RunOptions(null, null, quiet, false, 80, true));
    }

    @Test
    void shouldWeighSamplesAsKerasModelDoesWhenTheJobNamesTheirFile() throws IOException {
        RunResult one = train(job(1));
        RunResult two = train(job(2));
        assertEquals(one.weightsSha256(), two.weightsSha256());
        assertEquals(Files.readString(Path.of(one.history())), Files.readString(Path.of(two.history())));

        Dataset all = Dataset.idx(folder.resolve("x"), folder.resolve("y"), folder.resolve("w"))
                .scale(1 / 255.0);
        CompileOptions options = new CompileOptions(
                List.of(new OutputOptions(
                        Losses.sparseCategoricalCrossentropy().reduction(Reduction.SUM),
                        1,
                        List.of(Metrics.of("accuracy")),
                        List.of(Metrics.of("accuracy")))),
                Map.of());
        try (KerasModel model = KerasModel.sequential(Layers.input(FEATURES), Layers.dense(3, Activation.SOFTMAX))) {
            model.compile(Optimizers.sgd(0.05), options);
            History history = model.fit(
                    all.range(10, ROWS),
                    FitArguments.fit()
                            .epochs(2)
                            .batchSize(8)
                            .shuffle(false)
                            .threads(2)
                            .verbose(0)
                            .validationData(all.range(0, 10)));
            String[] names = Files.readAllLines(Path.of(one.history())).get(0).split(",", -1);
            String[] last = Files.readAllLines(Path.of(one.history())).get(2).split(",", -1);
            assertEquals(history.metrics().size() + 1, names.length);
            for (int i = 1; i < names.length; i++) {
                assertEquals(history.metrics().get(names[i]).get(1), Double.parseDouble(last[i]), names[i]);
            }
        }
    }
}
