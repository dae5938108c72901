package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ClusterCheckpointTest {
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final long WAIT_S = 120;

    @TempDir
    Path directory;

    private final FaultyFileStore store = new FaultyFileStore();
    private String prefix;

    @BeforeEach
    void namePrefix() {
        prefix = directory.resolve("ckpt-1").toString();
    }

    private static TrainingState state(long step, String sha256) {
        MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
        return new TrainingState(step, 0, sums, TestJob.SEED, "configuration", sha256, Map.of(), Map.of(), Map.of());
    }

    /** Trains epoch 0 on 2 workers and saves at its end; returns the hash after epoch 1. */
    private String trainTwoEpochsSavingBetween(int servers) throws Exception {
        try (TestCluster cluster = new TestCluster(2, servers, TestCluster.TIMEOUTS, store).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            CompletableFuture<Void> saved = coordinator.checkpoint(prefix, state(step, coordinator.weightsSha256()));
            coordinator.train(TestJob.epoch(1), IGNORE);
            saved.get(WAIT_S, TimeUnit.SECONDS);
            return coordinator.weightsSha256();
        }
    }

    @Test
    void shouldGoOnWithTheSameBitsWhenRestoredOntoFewerShards() throws Exception {
        String uninterrupted = trainTwoEpochsSavingBetween(3);
        TrainingState state = new CheckpointDirectory(store, directory.toString(), 1).readState(prefix);
        try (TestCluster cluster = new TestCluster(4, 2, TestCluster.TIMEOUTS, store)) {
            cluster.restorePrefix = prefix;
            for (int w = 0; w < 4; w++) {
                cluster.startWorker(w);
            }
            Coordinator coordinator = cluster.coordinator();
            assertEquals(state.step(), coordinator.awaitWorkers());
            assertEquals(state.weightsSha256(), coordinator.weightsSha256());
            coordinator.train(TestJob.epoch(1), IGNORE);
            assertEquals(uninterrupted, coordinator.weightsSha256());
        }
    }

    @Test
    void shouldCommitWhileTheLoopWaitsForNothingElse() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.TIMEOUTS, store).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            coordinator.checkpoint(prefix, state(0, "none")).get(WAIT_S, TimeUnit.SECONDS);
        }
        assertTrue(Files.exists(Path.of(prefix + ".index")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ckpt-1", "part-00001-of"})
    void shouldSayWhichFileCouldNotBeWrittenAndGoOnTraining(String full) throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.TIMEOUTS, store).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            store.full = full;
            CompletableFuture<Void> saved = coordinator.checkpoint(prefix, state(0, "none"));
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> saved.get(WAIT_S, TimeUnit.SECONDS));
            String message = thrown.getCause().getMessage();
            assertTrue(message.contains("No space left on device") && message.contains("worker "), message);
            assertTrue(message.contains("make room there, or choose a folder on another disk"), message);
            assertEquals(List.of(), files());

            store.full = null;
            EpochPlan plan = TestJob.epoch(0);
            assertEquals(plan.endStep(), coordinator.train(plan, IGNORE));
            String next = directory.resolve("ckpt-2").toString();
            coordinator.checkpoint(next, state(plan.endStep(), "none")).get(WAIT_S, TimeUnit.SECONDS);
            assertTrue(Files.exists(Path.of(next + ".index")));
        }
    }

    @Test
    void shouldNotLeaveACheckpointWhenTheCommitFails() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.TIMEOUTS, store).start(2)) {
            store.full = "merged";
            CompletableFuture<Void> saved = cluster.coordinator().checkpoint(prefix, state(0, "none"));
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> saved.get(WAIT_S, TimeUnit.SECONDS));
            assertTrue(thrown.getCause().getMessage().contains("No space left on device"));
            assertEquals(List.of(), files());
        }
    }

    /** What there is in the checkpoints' folder. */
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void shouldNameWhoHasNotWrittenItsPartsAtTheDeadline() throws Exception {
        long ns = TimeUnit.SECONDS.toNanos(30);
        long checkpointNs = TimeUnit.MILLISECONDS.toNanos(300);
        ClusterTimeouts timeouts = new ClusterTimeouts(ns, ns, ns, ns, checkpointNs, ns);
        try (TestCluster cluster = new TestCluster(2, 2, timeouts, store).start(2)) {
            store.hanging = "part-00001-of";
            CompletableFuture<Void> saved = cluster.coordinator().checkpoint(prefix, state(0, "none"));
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> saved.get(WAIT_S, TimeUnit.SECONDS));
            String message = thrown.getCause().getMessage();
            assertTrue(
                    message.contains("worker 1 (") && message.contains("cluster.checkpoint_timeout = 0.3 s"), message);
            store.released.countDown();
        }
    }

    @Test
    void shouldLeaveAResumableCheckpointWhenStoppedInMidEpoch() throws Exception {
        String uninterrupted = trainTwoEpochsSavingBetween(1);
        String stopped = directory.resolve("ckpt-2").toString();
        long step;
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.TIMEOUTS, store).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            step = coordinator.train(TestJob.epoch(0), (batch, sums) -> {
                if (batch == 0) {
                    coordinator.requestStop();
                }
            });
            coordinator
                    .checkpoint(stopped, state(step, coordinator.weightsSha256()))
                    .get(WAIT_S, TimeUnit.SECONDS);
        }
        try (TestCluster cluster = new TestCluster(3, 3, TestCluster.TIMEOUTS, new LocalFileStore())) {
            cluster.restorePrefix = stopped;
            for (int w = 0; w < 3; w++) {
                cluster.startWorker(w);
            }
            Coordinator coordinator = cluster.coordinator();
            assertEquals(step, coordinator.awaitWorkers());
            EpochPlan epoch = TestJob.epoch(0);
            coordinator.train(new EpochPlan(0, step, epoch.endStep(), 0, epoch.learningRate()), IGNORE);
            coordinator.train(TestJob.epoch(1), IGNORE);
            assertEquals(uninterrupted, coordinator.weightsSha256(), "stopped at step " + step);
        }
    }
}
