package io.covey.server.worker;

import io.aeron.Publication;
import io.covey.server.Await;
import io.covey.server.PatientLinks;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.CommandCodec;
import io.covey.server.control.ControlStreams;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.membership.Member;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whole runs: encrypted, and with a stranger at the door. */
@Timeout(300)
class SecureClusterTest {
    private static final long STRANGERS_NS = TimeUnit.SECONDS.toNanos(2);
    private static final ClusterTimeouts STRANGERS_TIMEOUTS =
            new ClusterTimeouts(STRANGERS_NS, STRANGERS_NS, STRANGERS_NS, STRANGERS_NS, STRANGERS_NS, STRANGERS_NS);

    @TempDir
    Path base;

    @Test
    void shouldTrainTheSameBitsEncryptedAcrossProcesses() throws Exception {
        String plain;
        try (TestCluster cluster = new TestCluster(2, 2).start(2)) {
            cluster.coordinator().train(TestJob.epoch(0), (step, sums) -> {});
            plain = cluster.coordinator().weightsSha256();
        }
        JobSecurity encrypted = new JobSecurity(JobSecret.random(), true);
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.TIMEOUTS, new LocalFileStore(), encrypted)) {
            Process process = WorkerProcess.start(base, 1, cluster.address, TestCluster.TIMEOUTS, encrypted);
            try {
                cluster.startWorker(0);
                Coordinator coordinator = cluster.coordinator();
                coordinator.awaitWorkers();
                coordinator.train(TestJob.epoch(0), (step, sums) -> {});
                assertEquals(plain, coordinator.weightsSha256());
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void shouldTrainOnWhileAStrangerTriesToJoinAndToStopTheJob() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 2).start(2);
                TransportNode node = strangersNode()) {
            CoordinatorAddress address = cluster.coordinator().address();
            Future<?> joining = cluster.async(() -> {
                stranger(cluster).run();
                return true;
            });
            // Just what the coordinator would say, had it no secret: to the workers, and into their connection.
            ExpandableArrayBuffer stop = new ExpandableArrayBuffer();
            int length = new CommandCodec(address.session()).encode(0, 0, new Command.Stop("obey"), stop);
            Member workers = cluster.node().describe(0, "");
            try (Publication beside = node.publicationTo(workers, ControlStreams.TO_WORKERS);
                    Publication within = cluster.node().publicationTo(workers, ControlStreams.TO_WORKERS)) {
                for (int epoch = 0; epoch < 3; epoch++) {
                    Await.until(() -> beside.offer(stop, 0, length) > 0);
                    Await.until(() -> within.offer(stop, 0, length) > 0);
                    cluster.coordinator().train(TestJob.epoch(epoch), (step, sums) -> {});
                }
            }
            assertInstanceOf(
                    CoveyException.class,
                    assertThrows(ExecutionException.class, joining::get).getCause());
            cluster.coordinator().train(TestJob.epoch(3), (step, sums) -> {});
            cluster.coordinator().close();
            assertNull(cluster.end(0));
            assertNull(cluster.end(1));
        }
    }

    @Test
    void shouldSayThatTheSecretMayBeAnotherWhenTheCoordinatorDoesNotAnswer() throws Exception {
        try (TestCluster cluster = new TestCluster(2, 1)) {
            CoveyException refused =
                    assertThrows(CoveyException.class, () -> stranger(cluster).run());
            assertTrue(refused.getMessage().contains("the same secret"), refused::getMessage);
            cluster.start(2);
        }
    }

    private TransportConfig strangersTransport(TestCluster cluster) {
        return new TransportConfig(
                cluster.transport().jobId(), "127.0.0.1", 0, base, JobSecurity.random(), PatientLinks.OPTIONS);
    }

    private TransportNode strangersNode() {
        return TransportNode.acquire(
                new TransportConfig("stranger", "127.0.0.1", 0, base, JobSecurity.random(), PatientLinks.OPTIONS));
    }

    private WorkerRuntime stranger(TestCluster cluster) {
        return new WorkerRuntime(
                new WorkerConfig(
                        0, cluster.address, strangersTransport(cluster), TestJob.spec(), 1, STRANGERS_TIMEOUTS, null),
                TestJob::load,
                new LocalFileStore(),
                () -> false,
                SystemNanoClock.INSTANCE);
    }
}
