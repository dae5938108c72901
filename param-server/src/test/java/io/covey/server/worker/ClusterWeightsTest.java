package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.BackupAndRestore;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.Mode;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.training.CheckpointOptions;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What callbacks do with the weights of a cluster. */
@Timeout(300)
class ClusterWeightsTest {
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final int EPOCHS = 6;

    @TempDir
    Path directory;

    private static TrainingBackend local() {
        return new LocalTrainingBackend(
                TestJob.spec(), TestJob.load(Set.of(0, 1, 2, 3)), 1, (prefix, state, parameters, slots) -> {});
    }

    /** Trains, goes back to the weights after the first epoch, trains, and goes back again; the hashes on the way. */
    private static List<String> trainAndGoBack(TrainingBackend backend) {
        List<String> hashes = new ArrayList<>();
        backend.train(TestJob.epoch(0), IGNORE);
        try (NativeFloats first = backend.copyWeights()) {
            backend.train(TestJob.epoch(1), IGNORE);
            hashes.add(backend.weightsSha256());
            backend.setWeights(first);
            hashes.add(backend.weightsSha256());
            backend.train(TestJob.epoch(2), IGNORE);
            hashes.add(backend.weightsSha256());
            backend.setWeights(first);
        }
        return hashes;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "2,3", "3,2", "4,3"})
    void shouldReadAndReplaceTheWeightsOfTheLocalBackend(int workers, int servers) {
        try (TrainingBackend local = local();
                TestCluster cluster = new TestCluster(workers, servers).start(workers)) {
            assertEquals(trainAndGoBack(local), trainAndGoBack(cluster.coordinator()));
            try (NativeFloats expected = local.copyWeights();
                    NativeFloats actual = cluster.coordinator().copyWeights()) {
                assertArrayEquals(expected.get(0, (int) expected.length()), actual.get(0, (int) actual.length()));
            }
        }
    }

    @Test
    void shouldKeepTheWeightsWhenTheyMayNotBeReplacedYet() {
        List<String> refusals = new ArrayList<>();
        try (TrainingBackend local = local();
                TestCluster cluster = new TestCluster(2, 2).start(2)) {
            local.train(TestJob.epoch(0), IGNORE);
            local.train(TestJob.epoch(1), IGNORE);
            Coordinator coordinator = cluster.coordinator();
            coordinator.train(TestJob.epoch(0), IGNORE);
            try (NativeFloats first = coordinator.copyWeights()) {
                coordinator.train(TestJob.epoch(1), (step, sums) -> {
                    if (refusals.isEmpty()) {
                        refusals.add(assertThrows(CoveyException.class, () -> coordinator.setWeights(first))
                                .getMessage());
                    }
                });
            }
            assertEquals(local.weightsSha256(), coordinator.weightsSha256());
        }
        assertTrue(refusals.toString().contains("batchesToPause"), refusals.toString());
    }

    @Test
    void shouldReplaceTheWeightsAgainWhenAWorkerIsLostAfterwards() {
        try (TrainingBackend local = local();
                TestCluster cluster = new TestCluster(2, 2).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            assertEquals(trainAndGoBack(local), trainAndGoBack(coordinator));
            coordinator.workerLost(1, "the test says so");
            cluster.startWorker(2);
            assertEquals(local.weightsSha256(), coordinator.weightsSha256());
            coordinator.train(TestJob.epoch(3), IGNORE);
            local.train(TestJob.epoch(3), IGNORE);
            assertEquals(local.weightsSha256(), coordinator.weightsSha256());
        }
    }

    /** The largest loss counts as the best, so that the weights of the first epoch come back. */
    private static Callback earlyStopping() {
        return Callbacks.earlyStopping()
                .monitor("loss")
                .mode(Mode.MAX)
                .patience(3)
                .restoreBestWeights(true);
    }

    private FitOptions options(CheckpointDirectory checkpoints) {
        return FitOptions.of(
                EPOCHS,
                new CheckpointOptions(
                        checkpoints,
                        1,
                        CheckpointOptions.Unit.EPOCHS,
                        TimeUnit.SECONDS.toNanos(120),
                        "configuration",
                        Map.of()));
    }

    @Test
    void shouldGiveBackTheBestWeightsAlsoAfterAResumeElsewhere() {
        String expected;
        FitResult whole;
        try (TrainingBackend local = local()) {
            whole = new TrainingLoop(local, TestJob.spec(), FitOptions.of(EPOCHS, null), List.of(earlyStopping()))
                    .fit();
            expected = local.weightsSha256();
        }
        CheckpointDirectory checkpoints = new CheckpointDirectory(new LocalFileStore(), directory.toString(), 9);
        try (TestCluster cluster = new TestCluster(2, 3).start(2)) {
            TrainingLoop[] loop = new TrainingLoop[1];
            Callback interruption = Callbacks.lambda().onEpochEnd((epoch, logs) -> {
                if (epoch == 1) {
                    loop[0].requestStop();
                }
            });
            loop[0] = new TrainingLoop(
                    cluster.coordinator(),
                    TestJob.spec(),
                    options(checkpoints),
                    List.of(earlyStopping(), interruption));
            assertEquals(true, loop[0].fit().interrupted());
        }
        String prefix = checkpoints.newestValid().orElseThrow();
        TrainingState state = checkpoints.readState(prefix);
        assertEquals("1", state.callbackStates().get("EarlyStopping").get("wait"));
        try (TestCluster cluster = new TestCluster(3, 1)) {
            cluster.restorePrefix = prefix;
            cluster.start(3);
            TrainingLoop loop = new TrainingLoop(
                    cluster.coordinator(), TestJob.spec(), options(checkpoints), List.of(earlyStopping()));
            FitResult resumed = loop.fit(state);
            assertEquals(whole.history().metrics(), resumed.history().metrics());
            assertEquals(4, resumed.history().epochs().size());
            assertEquals(expected, cluster.coordinator().weightsSha256());
            assertEquals(
                    expected, checkpoints.readState(resumed.checkpointPrefix()).weightsSha256());
        }
    }

    @Test
    void shouldGoOnFromABackupOnAnotherCluster() {
        String expected;
        FitResult whole;
        try (TrainingBackend local = local()) {
            whole = new TrainingLoop(local, TestJob.spec(), FitOptions.of(EPOCHS, null), List.of()).fit();
            expected = local.weightsSha256();
        }
        BackupAndRestore backup = Callbacks.backupAndRestore(
                        directory.resolve("backup").toString())
                .saveFreq(7);
        IllegalStateException breakdown = new IllegalStateException("the test breaks the run");
        try (TestCluster cluster = new TestCluster(2, 3).start(2)) {
            Callback fault = Callbacks.lambda().onEpochBegin(epoch -> {
                if (epoch == 2) {
                    throw breakdown;
                }
            });
            TrainingLoop loop = new TrainingLoop(
                    cluster.coordinator(), TestJob.spec(), FitOptions.of(EPOCHS, null), List.of(backup, fault));
            assertSame(breakdown, assertThrows(IllegalStateException.class, loop::fit));
        }
        String prefix = backup.newest().orElseThrow();
        TrainingState state = backup.directory().readState(prefix);
        assertTrue(state.step() >= 7, () -> "backed up at step " + state.step());
        try (TestCluster cluster = new TestCluster(3, 1)) {
            cluster.restorePrefix = prefix;
            cluster.start(3);
            TrainingLoop loop = new TrainingLoop(
                    cluster.coordinator(), TestJob.spec(), FitOptions.of(EPOCHS, null), List.of(backup));
            FitResult resumed = loop.fit(state);
            assertEquals(whole.history().metrics(), resumed.history().metrics());
            assertEquals(expected, cluster.coordinator().weightsSha256());
        }
        assertFalse(Files.exists(directory.resolve("backup")));
    }
}
