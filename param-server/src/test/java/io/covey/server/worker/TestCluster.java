package io.covey.server.worker;

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
import org.agrona.concurrent.SystemNanoClock;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A coordinator and workers in one JVM, each worker on a thread of its own. */
final class TestCluster implements AutoCloseable {
    static final ClusterTimeouts TIMEOUTS = timeouts(8);

    private static final AtomicInteger JOBS = new AtomicInteger();
    private static final long END_TIMEOUT_S = 10;

    private final String jobId = "control-" + ProcessHandle.current().pid() + "-" + JOBS.incrementAndGet();
    final JobSecurity security;
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
                SystemNanoClock.INSTANCE);
        address = coordinator.address();
    }

    /** All timeouts this long, the one for heartbeats two seconds. */
    static ClusterTimeouts timeouts(long seconds) {
        long ns = TimeUnit.SECONDS.toNanos(seconds);
        return new ClusterTimeouts(ns, ns, ns, TimeUnit.SECONDS.toNanos(2), ns, ns);
    }

    TransportConfig transport() {
        return TransportConfig.of(jobId, "127.0.0.1", security);
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
        WorkerRuntime runtime =
                new WorkerRuntime(config, loader, runners, store, interrupted, SystemNanoClock.INSTANCE);
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
