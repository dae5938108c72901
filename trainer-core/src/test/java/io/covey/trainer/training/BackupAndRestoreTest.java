package io.covey.trainer.training;

import io.covey.trainer.callbacks.BackupAndRestore;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Keras' BackupAndRestore in one process. */
@Timeout(60)
class BackupAndRestoreTest {
    private static final int FEATURES = 12;
    private static final int ROWS = 70;
    private static final int CLASSES = 3;
    private static final long SEED = 5;
    private static final int EPOCHS = 4;

    @TempDir
    Path folder;

    private final TrainingSpec spec = new TrainingSpec(
            Models.mlp(List.of(FEATURES), 8, CLASSES),
            CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
            Optimizers.of("adam", Map.of()),
            1 / 255f,
            new DataPlan(ROWS, 16, 2, true, SEED),
            null,
            null,
            SEED);

    /** How a run ended. */
    private record Outcome(Map<String, List<Double>> history, String sha256) {}

    private static final class Breakdown extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private List<VirtualShard> shards() {
        Random random = new Random(SEED);
        byte[] data = new byte[ROWS * FEATURES];
        random.nextBytes(data);
        Samples samples =
                new Samples(FEATURES, data, random.ints(ROWS, 0, CLASSES).toArray());
        return Samples.shards(spec.train(), samples, null, null);
    }

    private Outcome fit(Callback... callbacks) {
        try (LocalTrainingBackend backend =
                new LocalTrainingBackend(spec, shards(), 1, new BundleSink(new LocalFileStore(), spec))) {
            FitResult result = new TrainingLoop(backend, spec, FitOptions.of(EPOCHS, null), List.of(callbacks)).fit();
            return new Outcome(result.history().metrics(), backend.weightsSha256());
        }
    }

    private Path backupDir() {
        return folder.resolve("backup");
    }

    private BackupAndRestore backup(int saveFreq) {
        return Callbacks.backupAndRestore(backupDir().toString()).saveFreq(saveFreq);
    }

    /** Breaks the run at the begin of a batch, counted from 0 over epochs. */
    private static Callback breakAt(int iteration) {
        int[] batches = new int[1];
        return Callbacks.lambda().onTrainBatchEnd((batch, logs) -> {
            if (batches[0]++ == iteration) {
                throw new Breakdown();
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"0,12", "0,10", "3,12", "1,7", "7,13"})
    void shouldGoOnFromTheBackupWhenFitStartsAnew(int saveFreq, int breakdown) {
        Outcome whole = fit();
        assertThrows(Breakdown.class, () -> fit(backup(saveFreq), breakAt(breakdown)));
        assertTrue(Files.exists(backupDir()));
        int[] batches = new int[1];

        Callback counter = Callbacks.lambda().onTrainBatchEnd((batch, logs) -> batches[0]++);
        assertEquals(whole, fit(backup(saveFreq), counter));

        assertTrue(batches[0] > 0 && batches[0] < EPOCHS * spec.train().stepsPerEpoch(), batches[0] + " batches");
        assertFalse(Files.exists(backupDir()), "the backup is deleted at the end");
    }

    @Test
    void shouldTrainNothingWhenTheBackupKeptIsThatOfTheLastEpoch() {
        Outcome whole = fit(backup(BackupAndRestore.EPOCH).deleteCheckpoint(false));
        assertTrue(Files.exists(backupDir()));

        assertEquals(whole, fit(backup(BackupAndRestore.EPOCH), breakAt(0)));
    }

    @Test
    void shouldGoOnFromTheBackupBeforeWhenTheNewestIsBroken() throws Exception {
        Outcome whole = fit();
        assertThrows(Breakdown.class, () -> fit(backup(BackupAndRestore.EPOCH).doubleCheckpoint(true), breakAt(12)));
        Files.writeString(backupDir().resolve("ckpt-2.index"), "broken");

        assertEquals(whole, fit(backup(BackupAndRestore.EPOCH).doubleCheckpoint(true)));
    }
}
