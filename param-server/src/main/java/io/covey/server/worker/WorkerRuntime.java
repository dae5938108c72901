package io.covey.server.worker;

import io.covey.server.transport.TransportNode;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker of a run, from joining to its end. {@link #run} occupies the calling thread all that time. */
public final class WorkerRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntime.class);

    /** Makes what runs the steps. */
    @FunctionalInterface
    public interface RunnerFactory {
        /** A runner of these shards' steps; the worker closes it. */
        StepRunner create(TrainingSpec spec, List<VirtualShard> shards, int lanes);
    }

    private final WorkerConfig config;
    private final Function<Set<Integer>, List<VirtualShard>> loader;
    private final RunnerFactory runners;
    private final FileStore store;
    private final BooleanSupplier interrupted;
    private final NanoClock clock;

    /**
     * A worker.
     *
     * @param loader loads the data of these virtual shards
     * @param store where checkpoints are read and written
     * @param interrupted asked now and then on the calling thread; true ends the worker
     */
    public WorkerRuntime(
            WorkerConfig config,
            Function<Set<Integer>, List<VirtualShard>> loader,
            FileStore store,
            BooleanSupplier interrupted,
            NanoClock clock) {
        this(config, loader, LaneStepRunner::new, store, interrupted, clock);
    }

    /** A worker whose steps {@code runners} makes; see the other constructor. */
    public WorkerRuntime(
            WorkerConfig config,
            Function<Set<Integer>, List<VirtualShard>> loader,
            RunnerFactory runners,
            FileStore store,
            BooleanSupplier interrupted,
            NanoClock clock) {
        this.config = config;
        this.loader = loader;
        this.runners = runners;
        this.store = store;
        this.interrupted = interrupted;
        this.clock = clock;
    }

    /**
     * Joins the coordinator and obeys it until it says that the run has ended, well or not.
     *
     * @throws io.covey.trainer.CoveyException what went wrong in this worker, or that the coordinator is gone; the
     *     coordinator has been told
     */
    public void run() {
        try (TransportNode node = TransportNode.acquire(config.transport());
                CoordinatorLink link =
                        new CoordinatorLink(config.worker(), config.coordinator(), node, config.timeouts(), clock)) {
            run(node, link);
        }
    }

    private void run(TransportNode node, CoordinatorLink link) {
        try (WorkerSession session =
                new WorkerSession(config, loader, runners, store, interrupted, clock, node, link)) {
            try {
                session.run();
            } catch (StopException e) {
                if (!e.getMessage().isEmpty()) {
                    LOG.info("Worker {} ends, the run has failed: {}", config.worker(), e.getMessage());
                }
            } catch (RuntimeException | Error e) {
                link.checkDriver(e);
                session.report(e);
                throw e;
            }
        }
        link.leave();
    }
}
