package io.covey.server.worker;

import io.aeron.Publication;
import io.covey.server.control.Command;
import io.covey.server.control.ControlStreams;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.ErrorReport;
import io.covey.server.control.ProductVersion;
import io.covey.server.control.Progress;
import io.covey.server.control.RemoteFailure;
import io.covey.server.control.WorkerMessage;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.membership.Member;
import io.covey.trainer.CoveyException;
import io.covey.trainer.CoveyException.Category;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.GradientExchange;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LeafListener;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ClusterFailureTest {
    private static final StepListener IGNORE = (step, sums) -> {};
    private static final long WAIT_S = 120;
    private static final int FAULTY_LEAF = 3;
    private static final long FAULTY_STEP = 5;

    /** What befalls worker 1 of 2, which owns virtual shard 3, in step 5. */
    private interface Fault {
        void strike() throws InterruptedException;
    }

    private static WorkerRuntime.RunnerFactory withFault(Fault fault) {
        return (spec, shards, lanes) -> new FaultyRunner(spec, shards, fault);
    }

    /** Runs steps, and meets a fault. */
    private static final class FaultyRunner implements StepRunner {
        private final StepRunner runner;
        private final Fault fault;

        FaultyRunner(TrainingSpec spec, List<VirtualShard> shards, Fault fault) {
            this.runner = new LaneStepRunner(spec, shards, 1);
            this.fault = fault;
        }

        @Override
        public long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
            return runner.train(
                    plan,
                    exchange,
                    (step, leaf, metrics) -> {
                        if (leaf == FAULTY_LEAF && step == FAULTY_STEP) {
                            try {
                                fault.strike();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }
                        listener.onLeaf(step, leaf, metrics);
                    },
                    stop);
        }

        @Override
        public void evaluate(DataSplit split, GradientExchange exchange, LeafListener listener) {
            runner.evaluate(split, exchange, listener);
        }

        @Override
        public void close() {
            runner.close();
        }
    }

    private static void assertContains(String part, String message) {
        assertTrue(message.contains(part), "'" + part + "' is not in: " + message);
    }

    @Test
    void shouldNameTheWorkersThatHaveNotRegistered() throws Exception {
        try (TestCluster cluster = new TestCluster(3, 1, TestCluster.timeouts(1, 20), new LocalFileStore());
                ScriptedWorker worker =
                        new ScriptedWorker(1, cluster.coordinator().address(), cluster.node())) {
            // The second begins when the worker has registered, however long that takes.
            cluster.clock.pace(0);
            Future<Long> starting = cluster.async(cluster.coordinator()::awaitWorkers);
            worker.join("any");
            cluster.clock.pace(1);
            Throwable thrown =
                    assertThrows(ExecutionException.class, starting::get).getCause();
            assertContains("1 of 3 workers have registered, missing: 0, 2", thrown.getMessage());
            assertContains("cluster.start_timeout = 1 s", thrown.getMessage());
            assertContains("1 of 3 workers", worker.expect(Command.Stop.class).reason());
            worker.send(new WorkerMessage.Goodbye());
        }
    }

    @Test
    void shouldNameTheWorkerThatFellSilentAndWhatWasGoingOn() throws Exception {
        try (TestCluster cluster = new TestCluster(1, 1, TestCluster.timeouts(1, 2), new LocalFileStore());
                ScriptedWorker worker =
                        new ScriptedWorker(0, cluster.coordinator().address(), cluster.node())) {
            // It falls silent after its last message, not between two of them.
            cluster.clock.pace(0);
            Future<Long> training = cluster.async(() -> {
                cluster.coordinator().awaitWorkers();
                return cluster.coordinator().train(TestJob.epoch(0), IGNORE);
            });
            worker.join("any");
            worker.send(
                    new WorkerMessage.Loaded(worker.expect(Command.Assign.class).command()));
            worker.send(
                    new WorkerMessage.Ready(worker.expect(Command.Connect.class).command(), 0));
            MetricState sums = MetricState.zero(TestJob.spec().metrics().stateLength());
            Progress progress = new Progress(worker.expect(Command.Train.class).command(), sums.length());
            for (int step = 0; step < 4; step++) {
                for (int leaf = 0; leaf < TestJob.VIRTUAL_SHARDS; leaf++) {
                    progress.add(step, leaf, sums);
                }
            }
            worker.send(progress);
            cluster.clock.pace(1);
            Throwable thrown =
                    assertThrows(ExecutionException.class, training::get).getCause();
            assertContains("worker 0 (", thrown.getMessage());
            assertTrue(
                    thrown.getMessage().matches("(?s).*has not been heard of for \\d+\\.\\d s.*"), thrown.getMessage());
            assertContains(
                    "while training epoch 1, step 5 (limit cluster.heartbeat_timeout = 2 s)", thrown.getMessage());
        }
    }

    @Test
    void shouldThrowTheRootCauseWhenAWorkerThrows() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2)) {
            cluster.runners = withFault(() -> {
                throw new IllegalStateException("the disk has caught fire");
            });
            cluster.start(2);
            Coordinator coordinator = cluster.coordinator();
            CoveyException thrown =
                    assertThrows(CoveyException.class, () -> coordinator.train(TestJob.epoch(0), IGNORE));
            assertEquals(Category.FAILURE, thrown.category());
            assertContains("worker 1 (", thrown.getMessage());
            assertContains("the disk has caught fire", thrown.getMessage());
            assertInstanceOf(RemoteFailure.class, thrown.getCause());
            assertContains("FaultyRunner", thrown.getCause().getMessage());
            assertNull(cluster.end(0));
            assertInstanceOf(IllegalStateException.class, cluster.end(1));
            CoveyException again = assertThrows(CoveyException.class, coordinator::weightsSha256);
            assertEquals(thrown.getMessage(), again.getMessage());
        }
    }

    @Test
    void shouldKeepTheCategoryOfACallersError() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 1)) {
            cluster.loader = leaves -> {
                if (leaves.contains(0)) {
                    throw CoveyException.caller("train-labels-idx1-ubyte.gz: label 12 of row 7 is not in [0, 9]");
                }
                return TestJob.load(leaves);
            };
            cluster.startWorker(0);
            cluster.startWorker(1);
            CoveyException thrown = assertThrows(CoveyException.class, cluster.coordinator()::awaitWorkers);
            assertEquals(Category.CALLER, thrown.category());
            assertContains("label 12 of row 7", thrown.getMessage());
            assertInstanceOf(CoveyException.class, cluster.end(0));
            assertNull(cluster.end(1));
        }
    }

    @Test
    void shouldNameTheMissingVirtualShardsWhenAStepHangs() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(2, 1)) {
            cluster.runners = withFault(() -> {
                cluster.clock.pace(10);
                released.await();
            });
            cluster.start(2);
            CoveyException thrown = assertThrows(
                    CoveyException.class, () -> cluster.coordinator().train(TestJob.epoch(0), IGNORE));
            // Whether the coordinator or the other worker notices first, the worker that hangs is named.
            assertContains("worker 1 (", thrown.getMessage());
            assertContains("cluster.step_timeout", thrown.getMessage());
            released.countDown();
        }
    }

    @Test
    void shouldThrowTheTasksFailureWhenNoWorkerSaysMore() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(2, 1)) {
            Coordinator coordinator = cluster.coordinator();
            Exception lost = new Exception("executor 2 was lost: exit code 137");
            cluster.runners = withFault(() -> {
                coordinator.fail(lost);
                released.await();
            });
            cluster.start(2);
            CoveyException thrown =
                    assertThrows(CoveyException.class, () -> coordinator.train(TestJob.epoch(0), IGNORE));
            assertContains("executor 2 was lost", thrown.getMessage());
            assertSame(lost, thrown.getCause());
            released.countDown();
        }
    }

    @Test
    void shouldEndWhenTheTaskIsKilled() throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        // No others come in their place within two seconds.
        try (TestCluster cluster = new TestCluster(2, 1, TestCluster.timeouts(2, 20), new LocalFileStore())) {
            cluster.clock.pace(0);
            cluster.interrupted = killed::get;
            cluster.start(2);
            cluster.clock.pace(1);
            killed.set(true);
            assertContains("the task of worker 0 was killed", cluster.end(0).getMessage());
            assertContains("the task of worker 1 was killed", cluster.end(1).getMessage());
            CoveyException thrown = assertThrows(
                    CoveyException.class, () -> cluster.coordinator().train(TestJob.epoch(0), IGNORE));
            assertContains("was killed", thrown.getMessage());
        }
    }

    @Test
    void shouldLetTheListenersExceptionPassAndEndTheWorkers() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2).start(2)) {
            Coordinator coordinator = cluster.coordinator();
            IllegalStateException own = new IllegalStateException("NaN");
            Throwable thrown = assertThrows(
                    IllegalStateException.class,
                    () -> coordinator.train(TestJob.epoch(0), (step, sums) -> {
                        throw own;
                    }));
            assertSame(own, thrown);
            coordinator.close();
            assertNull(cluster.end(0));
            assertNull(cluster.end(1));
        }
    }

    @Test
    void shouldRefuseAMixtureOfInstructionSets() throws Exception {
        refuses("development", "avx2", "avx512_core", "cluster.isa");
    }

    @Test
    void shouldRefuseAMixtureOfVersions() throws Exception {
        refuses("0.0.9", "avx2", "avx2", "0.0.9");
    }

    private static void refuses(String version, String first, String second, String expected) throws Exception {
        try (TestCluster cluster = new TestCluster(2, 1);
                ScriptedWorker one = new ScriptedWorker(0, cluster.coordinator().address(), cluster.node());
                ScriptedWorker other =
                        new ScriptedWorker(1, cluster.coordinator().address(), cluster.node())) {
            one.join(first);
            other.join(version, second);
            CoveyException thrown = assertThrows(CoveyException.class, cluster.coordinator()::awaitWorkers);
            assertEquals(Category.CALLER, thrown.category());
            assertContains("worker 0 (", thrown.getMessage());
            assertContains("worker 1 (", thrown.getMessage());
            assertContains(expected, thrown.getMessage());
            Future<?> closing = cluster.async(() -> {
                cluster.coordinator().close();
                return null;
            });
            assertContains(expected, one.expect(Command.Stop.class).reason());
            assertContains(expected, other.expect(Command.Stop.class).reason());
            one.send(new WorkerMessage.Goodbye());
            other.send(new WorkerMessage.Goodbye());
            assertNull(closing.get(WAIT_S, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldRefuseASecondWorkerOfTheSameNumber() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 1, TestCluster.timeouts(60, 2), new LocalFileStore())) {
            cluster.clock.pace(0);
            cluster.startWorker(0);
            cluster.startWorker(0);
            CoveyException thrown = assertThrows(CoveyException.class, cluster.coordinator()::awaitWorkers);
            cluster.clock.pace(1);
            assertContains("worker 0 has registered twice", thrown.getMessage());
        }
    }

    @Test
    void shouldEndTheWorkerWhenTheCoordinatorIsGone() throws Exception {
        try (TestCluster cluster = new TestCluster(1, 1, TestCluster.timeouts(60, 2), new LocalFileStore())) {
            cluster.clock.pace(0);
            CoordinatorAddress real = cluster.coordinator().address();
            cluster.address = new CoordinatorAddress(real.jobId(), real.session() + 1, real.member());
            try (Publication commands =
                    cluster.node().publicationTo(cluster.node().describe(0, "any"), ControlStreams.TO_WORKERS)) {
                cluster.startWorker(0);
                ScriptedWorker.waitFor(commands::isConnected, "the worker listens");
            }
            cluster.clock.pace(1);
            Throwable end = cluster.end(0);
            assertContains("has had no connection to the coordinator (", end.getMessage());
            assertContains("cluster.heartbeat_timeout = 2 s", end.getMessage());
        }
    }

    @Test
    void shouldHearOfAnUnregisteredWorkersFailureByUdp() throws Exception {
        try (TestCluster cluster = new TestCluster(1, 1)) {
            CoordinatorAddress near = cluster.coordinator().address();
            CoordinatorAddress far = new CoordinatorAddress(near.jobId(), near.session(), elsewhere(near.member()));
            try (ScriptedWorker worker = new ScriptedWorker(0, far, cluster.node())) {
                ErrorReport report = ErrorReport.of(CoveyException.caller("oneDNN does not load"));
                worker.send(new WorkerMessage.Failed(report, WorkerMessage.Origin.CAUSE));
                CoveyException thrown = assertThrows(CoveyException.class, cluster.coordinator()::awaitWorkers);
                assertEquals("worker 0: oneDNN does not load", thrown.getMessage());
                assertEquals(Category.CALLER, thrown.category());
            }
        }
    }

    @Test
    void shouldCommandAWorkerOnAnotherHostByUdp() throws Exception {
        try (TestCluster cluster = new TestCluster(1, 1);
                ScriptedWorker worker =
                        new ScriptedWorker(0, cluster.coordinator().address(), cluster.node())) {
            Member far = elsewhere(cluster.node().describe(0, "any"));
            worker.send(new WorkerMessage.Join(ProductVersion.current(), far));
            Future<Long> starting = cluster.async(cluster.coordinator()::awaitWorkers);
            Command.Assign assign = worker.expect(Command.Assign.class);
            assertEquals(List.of(far), assign.topology().members());
            worker.send(new WorkerMessage.Loaded(assign.command()));
            worker.send(
                    new WorkerMessage.Ready(worker.expect(Command.Connect.class).command(), 19));
            assertEquals(19, starting.get(WAIT_S, TimeUnit.SECONDS));
            worker.send(new WorkerMessage.Goodbye());
        }
    }

    /** The same member as processes on other hosts see it. */
    private static Member elsewhere(Member member) {
        return new Member(
                member.worker(),
                "another-host",
                member.aeronDirectory(),
                member.endpoint(),
                member.processId(),
                member.instructionSet());
    }

    @Test
    void shouldRefuseMoreWorkersThanVirtualShardsAndTooManyServers() {
        for (int[] wrong : new int[][] {{0, 1}, {5, 1}, {1, 0}, {1, 10_000}}) {
            CoveyException thrown = assertThrows(
                    CoveyException.class,
                    () -> new CoordinatorConfig("job", wrong[0], wrong[1], TestJob.spec(), TestCluster.TIMEOUTS));
            assertEquals(Category.CALLER, thrown.category());
            assertContains("cluster.", thrown.getMessage());
        }
    }
}
