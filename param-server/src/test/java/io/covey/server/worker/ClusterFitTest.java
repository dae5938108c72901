package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.training.CheckpointNames;
import io.covey.trainer.training.CheckpointOptions;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The whole training loop on a cluster. */
@Timeout(300)
class ClusterFitTest {
    private static final int EPOCHS = 3;
    private static final int CHECKPOINT_STEPS = 8;

    @TempDir
    Path directory;

    private record Outcome(Map<String, List<Double>> history, String sha256) {}

    private static Outcome local() {
        try (TrainingBackend backend = new LocalTrainingBackend(
                TestJob.spec(), TestJob.load(Set.of(0, 1, 2, 3)), 1, (prefix, state, parameters, slots) -> {})) {
            TrainingLoop loop = new TrainingLoop(backend, TestJob.spec(), FitOptions.of(EPOCHS, null), List.of());
            return new Outcome(loop.fit().history().metrics(), backend.weightsSha256());
        }
    }

    private FitOptions options(CheckpointDirectory checkpoints) {
        CheckpointNames names = new CheckpointNames() {
            @Override
            public String nextPrefix() {
                return checkpoints.nextPrefix();
            }

            @Override
            public void committed(String prefix) {
                checkpoints.committed(prefix);
            }
        };
        return FitOptions.of(
                EPOCHS,
                new CheckpointOptions(
                        names,
                        CHECKPOINT_STEPS,
                        CheckpointOptions.Unit.STEPS,
                        TimeUnit.SECONDS.toNanos(120),
                        "configuration",
                        Map.of()));
    }

    private CheckpointDirectory checkpoints() {
        return new CheckpointDirectory(new LocalFileStore(), directory.toString(), 2);
    }

    @Test
    void shouldGiveTheHistoryAndWeightsOfTheLocalBackend() {
        try (TestCluster cluster = new TestCluster(2, 3).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            TrainingLoop loop = new TrainingLoop(coordinator, TestJob.spec(), options(checkpoints()), List.of());
            FitResult result = loop.fit();
            assertEquals(local(), new Outcome(result.history().metrics(), coordinator.weightsSha256()));
        }
    }

    @Test
    void shouldResumeElsewhereAfterAStopRequestFromAnotherThread() throws Exception {
        CountDownLatch training = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Callback pacemaker = new Callback() {
            @Override
            public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                training.countDown();
                try {
                    assertTrue(stopped.await(120, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        FitResult first;
        try (TestCluster cluster = new TestCluster(4, 2).start(4)) {
            TrainingLoop loop =
                    new TrainingLoop(cluster.coordinator(), TestJob.spec(), options(checkpoints()), List.of(pacemaker));
            Future<FitResult> fit = cluster.async(loop::fit);
            assertTrue(training.await(120, TimeUnit.SECONDS));
            loop.requestStop();
            stopped.countDown();
            first = fit.get(120, TimeUnit.SECONDS);
            assertTrue(first.interrupted());
        }
        String prefix = checkpoints().newestValid().orElseThrow();
        TrainingState state = checkpoints().readState(prefix);
        assertEquals(first.step(), state.step());
        try (TestCluster cluster = new TestCluster(3, 1)) {
            cluster.restorePrefix = prefix;
            cluster.start(3);
            TrainingLoop loop =
                    new TrainingLoop(cluster.coordinator(), TestJob.spec(), options(checkpoints()), List.of());
            FitResult result = loop.fit(state);
            assertEquals(
                    local(),
                    new Outcome(
                            result.history().metrics(), cluster.coordinator().weightsSha256()),
                    "stopped at step " + state.step());
        }
    }
}
