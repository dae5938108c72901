package io.covey.server.worker;

import io.covey.server.TestClock;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.coordinator.Elasticity;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A coordinator and workers in one JVM, each worker on a thread of its own. */
final class TestCluster implements AutoCloseable {
    /** Long enough for a loaded machine: no test waits for these. */
    static final ClusterTimeouts TIMEOUTS = new ClusterTimeouts(
            TimeUnit.SECONDS.toNanos(60),
            TimeUnit.SECONDS.toNanos(30),
            TimeUnit.SECONDS.toNanos(30),
            TimeUnit.SECONDS.toNanos(20),
            TimeUnit.SECONDS.toNanos(30),
            TimeUnit.SECONDS.toNanos(30));

    private static final AtomicInteger JOBS = new AtomicInteger();
    private static final long END_TIMEOUT_S = 120;

    private final String jobId = "control-" + ProcessHandle.current().pid() + "-" + JOBS.incrementAndGet();
    final JobSecurity security;

    /** Of the coordinator and the workers in this process. */
    final TestClock clock = new TestClock();

    private final TransportNode node;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> workers = new ArrayList<>();
    private final ClusterTimeouts timeouts;
    private final Coordinator coordinator;

    private final TrainingSpec spec;
    private final int firstServer;
    private final FileStore store;

    // What the next worker is started with.
    CoordinatorAddress address;
    String restorePrefix;
    ExchangeMode mode = new ExchangeMode.Sync();
    Function<Set<Integer>, List<VirtualShard>> loader = TestJob::load;
    WorkerRuntime.RunnerFactory runners = LaneStepRunner::new;
    BooleanSupplier interrupted = () -> false;

    TestCluster(int workers, int servers) {
        this(workers, servers, TIMEOUTS, new LocalFileStore());
    }

    TestCluster(int workers, int servers, ClusterTimeouts timeouts, FileStore store) {
        this(workers, servers, timeouts, store, JobSecurity.random());
    }

    TestCluster(int workers, int servers, ClusterTimeouts timeouts, FileStore store, JobSecurity security) {
        this(workers, servers, 0, timeouts, store, security);
    }

    /** A cluster with dedicated servers, which are numbered after the workers. */
    TestCluster(
            int workers, int servers, int dedicated, ClusterTimeouts timeouts, FileStore store, JobSecurity security) {
        this(TestJob.spec(), workers, servers, dedicated, timeouts, store, security);
    }

    /** A cluster for any training; set {@link #loader} to give it its data. */
    TestCluster(
            TrainingSpec spec,
            int workers,
            int servers,
            int dedicated,
            ClusterTimeouts timeouts,
            FileStore store,
            JobSecurity security) {
        this.spec = spec;
        this.security = security;
        firstServer = dedicated == 0 ? Integer.MAX_VALUE : workers;
        node = TransportNode.acquire(transport());
        this.timeouts = timeouts;
        this.store = store;
        coordinator = new Coordinator(
                new CoordinatorConfig(jobId, workers, servers, dedicated, spec, timeouts, Elasticity.fixed(workers)),
                node,
                store,
                clock);
        address = coordinator.address();
    }

    /** {@link #TIMEOUTS} with others for the start and for heartbeats, for tests whose clock stands still before. */
    static ClusterTimeouts timeouts(long startS, long heartbeatS) {
        return new ClusterTimeouts(
                TimeUnit.SECONDS.toNanos(startS),
                TIMEOUTS.connectNs(),
                TIMEOUTS.stepNs(),
                TimeUnit.SECONDS.toNanos(heartbeatS),
                TIMEOUTS.checkpointNs(),
                TIMEOUTS.shutdownNs());
    }

    TransportConfig transport() {
        return WorkerProcess.transport(jobId, security);
    }

    TransportNode node() {
        return node;
    }

    Coordinator coordinator() {
        return coordinator;
    }

    /** Starts workers 0 to {@code count} - 1 and waits until all are ready. */
    TestCluster start(int count) {
        for (int w = 0; w < count; w++) {
            startWorker(w);
        }
        coordinator.awaitWorkers();
        return this;
    }

    /** Starts one worker; {@link #end} tells how it ended. */
    void startWorker(int worker) {
        WorkerConfig config = new WorkerConfig(
                worker, worker >= firstServer, address, transport(), spec, mode, 1, timeouts, restorePrefix);
        WorkerRuntime runtime = new WorkerRuntime(config, loader, runners, store, interrupted, clock);
        workers.add(threads.submit(runtime::run));
    }

    <T> Future<T> async(Callable<T> task) {
        return threads.submit(task);
    }

    /** What worker {@code index} (in the order of their start) ended with; null if it ended well. */
    Throwable end(int index) throws InterruptedException, TimeoutException {
        try {
            workers.get(index).get(END_TIMEOUT_S, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Override
    public void close() {
        coordinator.close();
        threads.shutdown();
        boolean ended = false;
        try {
            ended = threads.awaitTermination(END_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        node.close();
        assertTrue(ended, "workers of " + jobId + " do not end");
    }
}
