package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.Mode;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Workers that do not wait for all others, with shards on dedicated servers. */
@Timeout(300)
class RelaxedModesTest {
    private static final StepListener IGNORE = (step, sums) -> {};

    @TempDir
    Path directory;

    static Stream<ExchangeMode> modes() {
        return Stream.of(
                new ExchangeMode.BackupWorkers(1),
                new ExchangeMode.Ssp(0),
                new ExchangeMode.Ssp(3),
                new ExchangeMode.Async());
    }

    private static TestCluster cluster(ExchangeMode mode, int workers, int servers) {
        TestCluster cluster = new TestCluster(
                workers, servers, servers, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random());
        cluster.mode = mode;
        return cluster;
    }

    /** All workers hold the same weights after a pass, which the hash makes sure of; a checkpoint gives them back. */
    @ParameterizedTest
    @MethodSource("modes")
    void shouldTrainEvaluateSaveAndResume(ExchangeMode mode) throws Exception {
        String prefix = directory.resolve("ckpt").toString();
        String saved;
        long step;
        try (TestCluster cluster = cluster(mode, 3, 2)) {
            Coordinator coordinator = cluster.start(5).coordinator();
            String before = coordinator.weightsSha256();
            AtomicLong samples = new AtomicLong();
            step = coordinator.train(
                    TestJob.epoch(0), (batch, sums) -> samples.addAndGet((long) sums.get(StateLayout.SAMPLES)));
            assertEquals(TestJob.epoch(0).endStep(), step);
            long rows = coordinator.rows(DataSplit.TRAIN);
            assertTrue(
                    mode instanceof ExchangeMode.BackupWorkers ? samples.get() <= rows : samples.get() == rows,
                    samples + " of " + rows + " samples");
            saved = coordinator.weightsSha256();
            assertTrue(!saved.equals(before));
            coordinator.evaluate(DataSplit.VALIDATION, IGNORE);
            MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
            TrainingState state = new TrainingState(
                    step, 0, sums, TestJob.SEED, "configuration", saved, Map.of(), Map.of(), Map.of());
            coordinator.checkpoint(prefix, state).get(120, TimeUnit.SECONDS);
            coordinator.train(TestJob.epoch(1), IGNORE);
            coordinator.weightsSha256();
        }
        try (TestCluster cluster = cluster(mode, 2, 1)) {
            cluster.restorePrefix = prefix;
            Coordinator coordinator = cluster.start(3).coordinator();
            assertEquals(saved, coordinator.weightsSha256());
            assertEquals(TestJob.epoch(1).endStep(), coordinator.train(TestJob.epoch(1), IGNORE));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldEndAllWorkersAfterTheSameStepWhenStopped(ExchangeMode mode) {
        try (TestCluster cluster = cluster(mode, 4, 2)) {
            Coordinator coordinator = cluster.start(6).coordinator();
            for (int epoch = 0; epoch < 4; epoch++) {
                EpochPlan plan = TestJob.epoch(epoch);
                long end = coordinator.train(plan, (batch, sums) -> coordinator.requestStop());
                assertTrue(end > plan.firstStep() && end <= plan.endStep(), "ended before step " + end);
                coordinator.weightsSha256();
                coordinator.train(
                        new EpochPlan(epoch, end, plan.endStep(), plan.firstStep(), plan.learningRate()), IGNORE);
            }
        }
    }

    @Test
    void shouldSayInTheHistoryHowOftenTheSlowestWorkerWasLate() {
        try (TestCluster cluster = cluster(new ExchangeMode.BackupWorkers(1), 3, 2)) {
            Coordinator coordinator = cluster.start(5).coordinator();
            FitOptions options =
                    FitOptions.of(9, null).moreLogs(Coordinator.logNames(new ExchangeMode.BackupWorkers(1)));
            // No share gets better by 2, whatever the first one was: the second epoch is the last.
            Callback monitor = Callbacks.earlyStopping()
                    .monitor(Coordinator.SLOWEST_DROPPED)
                    .mode(Mode.MIN)
                    .minDelta(2)
                    .patience(1);
            List<Double> shares = new TrainingLoop(coordinator, TestJob.spec(), options, List.of(monitor))
                    .fit()
                    .history()
                    .metrics()
                    .get(Coordinator.SLOWEST_DROPPED);
            assertEquals(2, shares.size());
            // Each step is done without one of three.
            assertTrue(shares.stream().allMatch(share -> share >= 1.0 / 3 && share <= 1), shares::toString);
        }
    }

    /** Sync mode reaches 0.897 in these 300 steps; four updates for each of its one, or three quarters of its batch, no less. */
    @ParameterizedTest
    @MethodSource("modes")
    void shouldLearnMnist(ExchangeMode mode) {
        try (TestCluster cluster = new TestCluster(
                MnistJob.spec(), 4, 2, 2, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random())) {
            cluster.mode = mode;
            cluster.loader = MnistJob::load;
            double accuracy = MnistJob.train(cluster.start(6).coordinator());
            assertTrue(accuracy > 0.877, "accuracy " + accuracy);
        }
    }
}
