package io.covey.server.worker;

import io.covey.server.control.Command;
import io.covey.server.control.WorkerMessage;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Server shards on members that do not train. */
@Timeout(300)
class DedicatedServersTest {
    private static final int MOST_EPOCHS = 2_000;
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final long WAIT_S = 120;

    @TempDir
    Path directory;

    private static TestCluster cluster(int workers, int dedicated) {
        return new TestCluster(
                workers, dedicated, dedicated, TestCluster.TIMEOUTS, new LocalFileStore(), JobSecurity.random());
    }

    /** Trains an epoch on two workers that host the shards, with a checkpoint, and another; the hash at the end. */
    private String hosted(String prefix) throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            checkpoint(coordinator, prefix, step);
            coordinator.train(TestJob.epoch(1), IGNORE);
            return coordinator.weightsSha256();
        }
    }

    private static void checkpoint(Coordinator coordinator, String prefix, long step) throws Exception {
        MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
        String sha256 = coordinator.weightsSha256();
        TrainingState state =
                new TrainingState(step, 0, sums, TestJob.SEED, "configuration", sha256, Map.of(), Map.of(), Map.of());
        coordinator.checkpoint(prefix, state).get(WAIT_S, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,3", "2,1", "3,2", "4,3"})
    void shouldGiveTheBitsOfHostedShardsAndReadTheirCheckpoints(int workers, int dedicated) throws Exception {
        String saved = directory.resolve("hosted").toString();
        String expected = hosted(saved);
        String own = directory.resolve("dedicated").toString();
        try (TestCluster cluster = cluster(workers, dedicated).start(workers + dedicated)) {
            Coordinator coordinator = cluster.coordinator();
            Topology topology = coordinator.topology();
            assertEquals(
                    Set.copyOf(IntStream.range(workers, workers + dedicated)
                            .boxed()
                            .toList()),
                    Set.copyOf(topology.shardHosts()));
            IntStream.range(workers, workers + dedicated)
                    .forEach(rank -> assertEquals(Set.of(), topology.leavesOf(rank)));
            long step = coordinator.train(TestJob.epoch(0), IGNORE);
            checkpoint(coordinator, own, step);
            coordinator.evaluate(DataSplit.VALIDATION, IGNORE);
            coordinator.train(TestJob.epoch(1), IGNORE);
            assertEquals(expected, coordinator.weightsSha256());
            coordinator.close();
            for (int member = 0; member < workers + dedicated; member++) {
                assertNull(cluster.end(member));
            }
        }
        for (String prefix : new String[] {saved, own}) {
            try (TestCluster cluster = cluster(workers, dedicated)) {
                cluster.restorePrefix = prefix;
                cluster.start(workers + dedicated);
                cluster.coordinator().train(TestJob.epoch(1), IGNORE);
                assertEquals(expected, cluster.coordinator().weightsSha256(), prefix);
            }
        }
    }

    @Test
    void shouldEndAllMembersAfterTheSameStepWhenStopped() throws Exception {
        try (TestCluster cluster = cluster(2, 2).start(4)) {
            Coordinator coordinator = cluster.coordinator();
            // The workers need not have heard of it before they are done with a short epoch.
            boolean early = false;
            for (int epoch = 0; epoch < MOST_EPOCHS && !early; epoch++) {
                coordinator.requestStop();
                long end = coordinator.train(TestJob.epoch(epoch), IGNORE);
                early = end < TestJob.epoch(epoch).endStep();
            }
            assertTrue(early, "no epoch ended early");
            coordinator.weightsSha256();
        }
    }

    @Test
    void shouldNameTheServersThatHaveNotCome() throws Exception {
        try (TestCluster cluster = new TestCluster(
                        2, 2, 2, TestCluster.timeouts(1, 20), new LocalFileStore(), JobSecurity.random());
                ScriptedWorker one = new ScriptedWorker(0, cluster.address, cluster.node());
                ScriptedWorker other = new ScriptedWorker(1, cluster.address, cluster.node());
                ScriptedWorker server = new ScriptedWorker(3, cluster.address, cluster.node())) {
            cluster.clock.pace(0);
            Future<Long> starting = cluster.async(cluster.coordinator()::awaitWorkers);
            one.join("any");
            other.join("any");
            server.joinAsDedicatedServer();
            cluster.clock.pace(1);
            Throwable thrown =
                    assertThrows(ExecutionException.class, starting::get).getCause();
            assertInstanceOf(CoveyException.class, thrown);
            assertTrue(
                    thrown.getMessage()
                            .contains("2 of 2 workers and 1 of 2 dedicated servers have registered, missing: 2"),
                    thrown.getMessage());
            for (ScriptedWorker member : List.of(one, other, server)) {
                member.expect(Command.Stop.class);
                member.send(new WorkerMessage.Goodbye());
            }
        }
    }
}
