package io.covey.spark.bench;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.spark.run.JobRunner;
import io.covey.spark.run.RunOptions;
import io.covey.spark.run.RunResult;
import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The whole program as a user runs it: M1 on all of MNIST as a Spark job, checkpoints included. */
final class EndToEnd {
    /**
     * What a run gave.
     *
     * @param testAccuracy on the 10,000 test images
     * @param trainSeconds from the first step to the last, Spark's start not included
     */
    record Outcome(double testAccuracy, double trainSeconds) {}

    private EndToEnd() {}

    static Outcome run(JobRunner runner, Path data, int workers, int threads, int batch, int epochs)
            throws IOException {
        Path scratch = Files.createTempDirectory("covey-bench-");
        try {
            JobConfig job = JobFile.parse(
                    "e2e.yaml", yaml(data, workers, threads, batch, epochs), scratch.toString(), List.of());
            RunResult result = runner.train(job, new RunOptions(null, null, System.err, false, 80, true));
            if (result.interrupted()) {
                throw CoveyException.failure("the run was interrupted");
            }
            return new Outcome(result.test().get("accuracy"), result.trainNs() * 1e-9);
        } finally {
            delete(scratch);
        }
    }

    private static String yaml(Path data, int workers, int threads, int batch, int epochs) {
        return String.format(
                Locale.ROOT,
                """
                model:
                  sequential:
                    - flatten: {input_shape: [28, 28]}
                    - dense: {units: 300, activation: relu}
                    - dense: {units: 200, activation: relu}
                    - dense: {units: 100, activation: relu}
                    - dense: {units: 10, activation: softmax}
                data:
                  train: {format: idx, images: %1$s, labels: %2$s}
                  test: {format: idx, images: %3$s, labels: %4$s}
                  scale: 1/255
                compile:
                  optimizer: {sgd: {learning_rate: 0.01}}
                  loss: sparse_categorical_crossentropy
                  metrics: [accuracy]
                fit: {epochs: %5$d, batch_size: %6$d}
                cluster: {workers: %7$d, lanes: %8$d, virtual_shards: %9$d, servers: %7$d}
                checkpoint: {dir: run, keep: 1}
                """,
                file(data, "train-images-idx3-ubyte"),
                file(data, "train-labels-idx1-ubyte"),
                file(data, "t10k-images-idx3-ubyte"),
                file(data, "t10k-labels-idx1-ubyte"),
                epochs,
                batch * workers,
                workers,
                threads,
                workers * threads);
    }

    private static String file(Path folder, String name) {
        Path plain = folder.resolve(name);
        Path found = Files.exists(plain) ? plain : folder.resolve(name + ".gz");
        return '"' + found.toAbsolutePath().toString() + '"';
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
