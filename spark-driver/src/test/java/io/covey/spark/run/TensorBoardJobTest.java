package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(120)
class TensorBoardJobTest {
    private static final int EPOCHS = 2;

    /** Keras' {@code evaluate} after {@code fit} gets no callbacks. */
    @Test
    void shouldRecordValidationsButNotTheTestWhenAJobHasBoth(@TempDir Path folder) throws IOException {
        IdxFiles.write(folder, 30, 4, 3, 5);
        JobConfig job = JobFile.parse("job.yaml", """
                model:
                  input_shape: [4]
                  sequential:
                    - dense: {units: 3, activation: softmax}
                data:
                  train: {format: idx, images: x, labels: y, skip: 20}
                  validation: {format: idx, images: x, labels: y, limit: 10}
                  test: {format: idx, images: x, labels: y}
                compile: {loss: sparse_categorical_crossentropy}
                fit:
                  epochs: %d
                  batch_size: 10
                  callbacks: [tensor_board: {log_dir: logs}]
                cluster: {virtual_shards: 1, servers: 1, workers: 1}
                checkpoint: {dir: run}
                """.formatted(EPOCHS), folder.toString(), List.of());
        PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        RunResult result = new SparkJobRunner().train(job, new RunOptions(null, null, quiet, false, 80, true));
        assertEquals(List.of("loss"), List.copyOf(result.test().keySet()));
        assertEquals(EPOCHS, count(folder.resolve("logs/validation"), "evaluation_loss_vs_iterations"));
    }

    private static long count(Path events, String tag) throws IOException {
        try (Stream<Path> files = Files.list(events)) {
            long found = 0;
            for (Path file : files.toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                found += Pattern.compile(tag).matcher(bytes).results().count();
            }
            return found;
        }
    }
}
