package io.covey.spark.bench;

import io.covey.spark.bench.CheckpointWorkload.Operation;
import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CheckpointWorkloadTest {
    private static final BenchModel MODEL = BenchModel.M3;

    @TempDir
    private Path scratch;

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(scratch)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveOneCheckpointAfterEachRunAndNoFileAfterClose(Operation operation) throws IOException {
        try (CheckpointWorkload workload = new CheckpointWorkload(MODEL, operation, scratch)) {
            String weights = workload.weightsSha256();
            for (int run = 0; run < 2; run++) {
                Workload.Measurement done = workload.run(2);
                assertEquals(2, done.steps());
                assertTrue(done.elapsedNs() > 0);
                long bytes = 0;
                for (Path file : files()) {
                    bytes += Files.size(file);
                }
                long numbers = CheckpointWorkload.bytes(MODEL);
                assertTrue(bytes >= numbers && bytes < 1.1 * numbers, bytes + " bytes for " + numbers);
            }
            assertEquals(weights, workload.weightsSha256());
        }
        assertEquals(List.of(), files());
    }

    @Test
    void shouldRefuseAFolderThatDoesNotExist() {
        CoveyException e = assertThrows(
                CoveyException.class,
                () -> new CheckpointWorkload(MODEL, Operation.SAVE, scratch.resolve("missing")).close());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }
}
