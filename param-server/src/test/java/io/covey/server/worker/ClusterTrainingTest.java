package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LocalGradientExchange;
import io.covey.trainer.training.TrainingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(300)
class ClusterTrainingTest {
    private static final int EPOCHS = 2;

    private static String localSha256;
    private static final List<String> LOCAL_STEPS = new ArrayList<>();

    /** The same training in this process, without coordinator, server or Aeron. */
    @BeforeAll
    static void trainLocally() {
        TrainingSpec spec = TestJob.spec();
        try (LaneStepRunner runner = new LaneStepRunner(spec, TestJob.load(Set.of(0, 1, 2, 3)), 1);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            MetricState sums = MetricState.zero(spec.metrics().stateLength());
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                runner.train(
                        TestJob.epoch(epoch),
                        exchange,
                        (step, leaf, metrics) -> {
                            sums.add(metrics);
                            if (leaf == TestJob.VIRTUAL_SHARDS - 1) {
                                LOCAL_STEPS.add(step + ": " + sums);
                                sums.reset();
                            }
                        },
                        () -> false);
            }
            localSha256 = WeightsHash.sha256(spec.model().layout(), exchange.parameters());
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "1,3", "2,1", "2,2", "2,3", "3,2", "4,1", "4,2", "4,3"})
    void shouldGiveTheBitsOfLocalTraining(int workers, int servers) throws Exception {
        try (TestCluster cluster = new TestCluster(workers, servers).start(workers)) {
            Coordinator coordinator = cluster.coordinator();
            List<String> steps = new ArrayList<>();
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                EpochPlan plan = TestJob.epoch(epoch);
                assertEquals(plan.endStep(), coordinator.train(plan, (step, sums) -> steps.add(step + ": " + sums)));
            }
            assertEquals(LOCAL_STEPS, steps);
            assertEquals(localSha256, coordinator.weightsSha256());
            coordinator.close();
            for (int w = 0; w < workers; w++) {
                assertNull(cluster.end(w));
            }
        }
    }

    @Test
    void shouldEvaluateWithoutChangingTheWeights() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            String before = coordinator.weightsSha256();
            List<Long> steps = new ArrayList<>();
            MetricState all = MetricState.zero(4);
            coordinator.evaluate(DataSplit.VALIDATION, (step, sums) -> {
                steps.add(step);
                all.add(sums);
            });
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L), steps);
            assertEquals((double) coordinator.rows(DataSplit.VALIDATION), all.get(StateLayout.SAMPLES));
            assertEquals(before, coordinator.weightsSha256());
            assertEquals(0, coordinator.rows(DataSplit.TEST));
            assertEquals(0, coordinator.steps(DataSplit.TEST));
        }
    }

    @Test
    void shouldWaitForNoTimeoutWhenClosed() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 1).start(2)) {
            // No time passes: whoever waited for any to pass would wait for ever.
            cluster.clock.pace(0);
            cluster.coordinator().close();
            assertNull(cluster.end(0));
            assertNull(cluster.end(1));
        }
    }
}
