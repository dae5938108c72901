package io.covey.server.worker;

import io.covey.server.coordinator.Coordinator;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A worker in a process of its own, with a media driver of its own. */
@Timeout(300)
class KilledWorkerTest {
    private static final int EPOCHS_AT_MOST = 1000;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path directory;

    @Test
    void shouldNameAProcessThatWasKilledInMidEpoch() throws Exception {
        // No other worker comes in its place within two seconds.
        try (TestCluster cluster = new TestCluster(2, 2, TestCluster.timeouts(2, 3), new LocalFileStore())) {
            cluster.clock.pace(0);
            Process process =
                    WorkerProcess.start(directory, 1, cluster.address, TestCluster.TIMEOUTS, cluster.security);
            long[] killedNs = new long[1];
            try {
                cluster.startWorker(0);
                Coordinator coordinator = cluster.coordinator();
                coordinator.awaitWorkers();
                CoveyException thrown = assertThrows(CoveyException.class, () -> {
                    for (int epoch = 0; epoch < EPOCHS_AT_MOST; epoch++) {
                        coordinator.train(TestJob.epoch(epoch), (step, sums) -> {
                            if (step == 2 && killedNs[0] == 0) {
                                process.destroyForcibly();
                                killedNs[0] = System.nanoTime();
                                cluster.clock.pace(1);
                            }
                        });
                    }
                });
                long noticedNs = System.nanoTime() - killedNs[0];
                assertTrue(noticedNs < LIMIT_NS, "noticed after " + noticedNs / 1_000_000 + " ms");
                assertTrue(thrown.getMessage().contains("worker 1 (" + process.pid() + "@"), thrown.getMessage());
                assertNull(cluster.end(0));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void shouldTrainTheSameBitsAcrossProcesses() throws Exception {
        String inOneProcess;
        try (TestCluster cluster = new TestCluster(2, 2).start(2)) {
            cluster.coordinator().train(TestJob.epoch(0), (step, sums) -> {});
            inOneProcess = cluster.coordinator().weightsSha256();
        }
        try (TestCluster cluster = new TestCluster(2, 2)) {
            Process process =
                    WorkerProcess.start(directory, 1, cluster.address, TestCluster.TIMEOUTS, cluster.security);
            try {
                cluster.startWorker(0);
                Coordinator coordinator = cluster.coordinator();
                coordinator.awaitWorkers();
                coordinator.train(TestJob.epoch(0), (step, sums) -> {});
                assertEquals(inOneProcess, coordinator.weightsSha256());
                coordinator.close();
                assertTrue(process.waitFor(LIMIT_NS, TimeUnit.NANOSECONDS));
                assertEquals(0, process.exitValue());
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
