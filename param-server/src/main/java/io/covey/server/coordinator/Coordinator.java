package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlServer;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.WorkerMessage;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkLength;
import io.covey.server.membership.Membership;
import io.covey.server.membership.MembershipRules;
import io.covey.server.membership.Topology;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import io.covey.trainer.training.TrainingVariables;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a training loop's steps on a cluster of workers. Call {@link #awaitWorkers} first, once the workers have been started
 * with the {@link #address}. Workers may be lost and may join at any time, within the run's {@link Elasticity}; the bits of
 * the parameters and of the metrics do not depend on it.
 *
 * <p>The methods are for the loop's thread, except {@link #requestStop}, {@link #fail} and {@link #workerLost}. They listen to
 * the workers while they wait; while the loop is busy with callbacks a background thread does, so that checkpoints are
 * committed and failures noticed. Once a run has failed, every method throws the root cause.
 */
public final class Coordinator implements TrainingBackend {
    /** Name in an epoch's logs of the share of its steps that were done without the worker that was late most often. */
    public static final String SLOWEST_DROPPED = "slowest_dropped";

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    /** At the end, a worker that was not heard of for this long is not waited for. */
    private static final long PRESENT_NS = TimeUnit.SECONDS.toNanos(2);

    private final CoordinatorConfig config;
    private final TrainingSpec spec;
    private final ClusterTimeouts timeouts;
    private final FileStore store;
    private final NanoClock clock;
    private final CoordinatorAddress address;
    private final AtomicLong commands = new AtomicLong();
    private final Failures failures;
    private final Crew crew;
    private final MembershipDriver membership;
    private final CrewMonitor monitor;
    private final ElasticSteps steps;
    private final ShardVariables variables;
    private final ExecutorService committer;
    private PendingCheckpoint checkpoint;
    private volatile long committedStep;
    private boolean closed;

    /**
     * Starts to listen for workers.
     *
     * @param node the driver's place in the network, which stays the caller's to close
     * @param store where checkpoints are committed
     */
    public Coordinator(CoordinatorConfig config, TransportNode node, FileStore store, NanoClock clock) {
        this.config = config;
        this.spec = config.spec();
        this.timeouts = config.timeouts();
        this.store = store;
        this.clock = clock;
        long session = ThreadLocalRandom.current().nextLong();
        address = new CoordinatorAddress(config.jobId(), session, node.describe(CoordinatorAddress.COORDINATOR, ""));
        failures = new Failures(clock, timeouts.heartbeatNs() + Failures.GRACE_NS);
        ControlServer server = new ControlServer(node, session, timeouts.connectNs(), clock);
        crew = new Crew(server::publicationTo);
        Membership decisions = new Membership(
                rules(config),
                members -> ChunkLength.forLinks(
                        members,
                        config.spec().wire(),
                        node.udpMtu(),
                        node.security().frameOverhead()),
                this::isResumable);
        membership = new MembershipDriver(
                decisions, crew, failures, timeouts, commands::incrementAndGet, this::onMembershipEnd);
        monitor = new CrewMonitor(crew, membership, server, failures, timeouts, clock);
        steps = new ElasticSteps(spec, crew, monitor, timeouts, commands::incrementAndGet);
        variables = new ShardVariables(spec, steps);
        committer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "covey-checkpoint-commit");
            thread.setDaemon(true);
            return thread;
        });
        monitor.start();
    }

    private static MembershipRules rules(CoordinatorConfig config) {
        return new MembershipRules(
                config.workers(),
                config.elasticity().minWorkers(),
                config.elasticity().maxWorkers(),
                config.spec().virtualShards(),
                config.servers(),
                // What a lost worker had not sent is in checkpoints only.
                keepsResiduals(config.spec()) ? 0 : config.elasticity().replicas(),
                config.dedicated(),
                config.timeouts().startNs(),
                config.timeouts().stepNs());
    }

    private static boolean keepsResiduals(TrainingSpec spec) {
        return spec.wire().gradients().hasResidual();
    }

    private boolean isResumable(long step) {
        return monitor.isReportedBefore(step);
    }

    private void onMembershipEnd() {
        monitor.cancelCheckpoint();
    }

    /** What a worker must be given to find this coordinator. */
    public CoordinatorAddress address() {
        return address;
    }

    /** Who takes part and what each owns, after {@link #awaitWorkers}; it may change from step to step. */
    public Topology topology() {
        return steps.topology();
    }

    /** For the message when workers are missing: says what the cluster manager has given so far. */
    public void describeResources(Supplier<String> resources) {
        monitor.locked(() -> {
            membership.describeResources(resources);
            return null;
        });
    }

    /**
     * Waits until all workers have registered, loaded their virtual shards, filled the server shards and synchronized.
     *
     * @return global steps that the parameters have done: 0, or those of the checkpoint that the workers restored
     * @throws CoveyException when workers are missing, do not fit together or fail
     */
    public long awaitWorkers() {
        return steps.start();
    }

    @Override
    public long steps(DataSplit split) {
        DataPlan plan = spec.plan(split);
        return plan == null ? 0 : plan.stepsPerEpoch();
    }

    @Override
    public long rows(DataSplit split) {
        DataPlan plan = spec.plan(split);
        return plan == null ? 0 : plan.rows();
    }

    @Override
    public long train(EpochPlan plan, StepListener listener) {
        steps.committed(committedStep);
        return steps.train(plan, listener);
    }

    /** Names that {@link #endEpoch} adds to the logs in this mode. */
    public static Set<String> logNames(ExchangeMode mode) {
        return mode instanceof ExchangeMode.BackupWorkers ? Set.of(SLOWEST_DROPPED) : Set.of();
    }

    /** {@inheritDoc} With backup workers: {@link #SLOWEST_DROPPED}, and the log has the counts by worker. */
    @Override
    public SortedMap<String, Double> endEpoch(int epoch) {
        DroppedContributions dropped = steps.dropped();
        if (!dropped.areCounted()) {
            return Collections.emptySortedMap();
        }
        double share = dropped.shareOfSlowest();
        String counts = monitor.locked(() -> dropped.describe(crew::describe));
        LOG.info("Late contributions dropped in epoch {}: {}", epoch + 1, counts);
        dropped.reset();
        return new TreeMap<>(Map.of(SLOWEST_DROPPED, share));
    }

    @Override
    public void evaluate(DataSplit split, StepListener listener) {
        String name = "evaluating " + split.name().toLowerCase(Locale.ROOT) + " data";
        steps.evaluate(name, steps(split), n -> new Command.Evaluate(n, split), listener);
    }

    @Override
    public String weightsSha256() {
        List<WorkerMessage.WeightsHash> hashes =
                steps.ask("hashing the weights", Command.HashWeights::new, WorkerMessage.WeightsHash.class);
        return steps.agreed(
                "weights have SHA-256",
                hashes.stream().map(WorkerMessage.WeightsHash::sha256).toList());
    }

    /** Refuses: workers restore where they start. */
    @Override
    public void restore(CheckpointDirectory directory, String checkpointPrefix) {
        throw CoveyException.caller("workers that train already cannot go on from " + checkpointPrefix
                + ": start them with this checkpoint, and train from its state");
    }

    @Override
    public NativeFloats copyWeights() {
        return variables.copyWeights();
    }

    @Override
    public TrainingVariables copyVariables() {
        return variables.copyAll();
    }

    @Override
    public void setWeights(NativeFloats weights) {
        steps.replaceWeights(weights);
    }

    /** {@inheritDoc} It is cancelled when a worker is lost that has not written its part. */
    @Override
    public CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state) {
        monitor.requireHealthy();
        if (checkpoint != null && !checkpoint.future().isDone()) {
            throw new IllegalStateException("the checkpoint before " + checkpointPrefix + " is still being written");
        }
        while (true) {
            Topology topology = steps.settle();
            long command = commands.incrementAndGet();
            String attempt = Long.toHexString(address.session()) + "-" + command;
            Set<Integer> writers = new TreeSet<>();
            int residuals = keepsResiduals(spec) ? spec.virtualShards() : 0;
            Stream.concat(
                            topology.shardHosts().stream(),
                            topology.leafOwners().stream().limit(residuals))
                    .forEach(rank -> writers.add(topology.members().get(rank).worker()));
            CheckpointParts parts = new CheckpointParts(store, checkpointPrefix, attempt, config.servers(), residuals);
            checkpoint = new PendingCheckpoint(
                    command,
                    checkpointPrefix,
                    writers,
                    () -> commit(parts, state),
                    parts::abandon,
                    committer,
                    clock.nanoTime());
            monitor.expect(checkpoint, checkpointPrefix);
            if (monitor.post(
                    topology, writers, new Command.WriteParts(command, state.step(), checkpointPrefix, attempt))) {
                return checkpoint.future();
            }
        }
    }

    private void commit(CheckpointParts parts, TrainingState state) {
        parts.commit(spec.model().layout(), spec.optimizer().slots(), state);
        monitor.checkpointCommitted();
        committedStep = state.step();
    }

    @Override
    public void overwriteWithAverages() {
        if (spec.optimizer().options().useEma()) {
            steps.overwriteWithAverages();
        }
    }

    @Override
    public void requestStop() {
        steps.requestStop();
    }

    /** Ends the run because a worker's task failed: the waiting method throws, with this cause if no better one is known. */
    public void fail(Throwable taskFailure) {
        failures.taskFailed(taskFailure);
    }

    /**
     * A worker is gone, as its process' parent or the cluster manager says; sooner than its silence does. Any thread.
     *
     * @param cause for people
     */
    public void workerLost(int worker, String cause) {
        monitor.locked(() -> {
            membership.lost(worker, crew.describe(worker) + " is lost: " + cause, clock.nanoTime());
            return null;
        });
    }

    /** Tells the workers to end and waits briefly until they have. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Set<Integer> untold = monitor.locked(crew::registered);
        String reason = monitor.failureMessage();
        monitor.drain(
                () -> {
                    crew.offerStop(reason, untold);
                    return crew.present(clock.nanoTime(), PRESENT_NS).isEmpty();
                },
                timeouts.shutdownNs());
        monitor.close();
        steps.close();
        // A commit in progress is worth a moment: it is what a resume starts from.
        committer.shutdown();
        try {
            if (!committer.awaitTermination(timeouts.shutdownNs(), TimeUnit.NANOSECONDS)) {
                committer.shutdownNow();
            }
        } catch (InterruptedException e) {
            committer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
