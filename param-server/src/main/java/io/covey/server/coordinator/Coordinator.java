package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ControlServer;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.control.WorkerMessage;
import io.covey.server.exchange.ChunkLength;
import io.covey.server.membership.Topology;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.MetricState;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.concurrent.NanoClock;

/**
 * Runs a training loop's steps on a cluster of workers. Call {@link #awaitWorkers} first, once the workers have been started
 * with the {@link #address}.
 *
 * <p>The methods are for the loop's thread, except {@link #requestStop} and {@link #fail}. They listen to the workers while
 * they wait; while the loop is busy with callbacks a background thread does, so that checkpoints are committed and failures
 * noticed. Once a run has failed, every method throws the root cause.
 */
public final class Coordinator implements TrainingBackend {
    /** At the end, a worker that was not heard of for this long is not waited for. */
    private static final long PRESENT_NS = TimeUnit.SECONDS.toNanos(2);

    private final CoordinatorConfig config;
    private final TrainingSpec spec;
    private final ClusterTimeouts timeouts;
    private final TransportNode node;
    private final FileStore store;
    private final NanoClock clock;
    private final CoordinatorAddress address;
    private final Failures failures;
    private final Crew crew;
    private final CrewMonitor monitor;
    private final ExecutorService committer;
    private Topology topology;
    private PendingCheckpoint checkpoint;
    private long commands;
    private long stopSent;
    private boolean closed;
    private volatile boolean stopRequested;

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
        this.node = node;
        this.store = store;
        this.clock = clock;
        long session = ThreadLocalRandom.current().nextLong();
        address = new CoordinatorAddress(config.jobId(), session, node.describe(CoordinatorAddress.COORDINATOR, ""));
        failures = new Failures(clock);
        ControlServer server = new ControlServer(node, session, timeouts.connectNs(), clock);
        crew = new Crew(config.workers(), server::publicationTo);
        monitor = new CrewMonitor(crew, server, failures, timeouts, clock);
        committer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "covey-checkpoint-commit");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What a worker must be given to find this coordinator. */
    public CoordinatorAddress address() {
        return address;
    }

    /** Who takes part and what each owns, after {@link #awaitWorkers}. */
    public Topology topology() {
        return topology;
    }

    /**
     * Waits until all workers have registered, loaded their virtual shards, filled the server shards and synchronized.
     *
     * @return global steps that the parameters have done: 0, or those of the checkpoint that the workers restored
     * @throws CoveyException when workers are missing, do not fit together or fail
     */
    public long awaitWorkers() {
        monitor.await(crew::isComplete, timeouts.startNs(), this::absent);
        topology = new Topology(
                0,
                crew.members(),
                IntStream.range(0, config.servers())
                        .mapToObj(s -> s % config.workers())
                        .toList(),
                Topology.contiguous(spec.virtualShards(), config.workers()),
                ChunkLength.forLinks(
                        crew.members(), node.udpMtu(), node.security().frameOverhead()));
        monitor.locked(() -> {
            crew.epoch(topology.epoch());
            return topology;
        });
        monitor.activity(() -> "loading data");
        ask(n -> new Command.Assign(n, topology), WorkerMessage.Loaded.class, timeouts.startNs(), "start_timeout");
        monitor.activity(() -> "connecting the workers to each other");
        List<WorkerMessage.Ready> ready =
                ask(Command.Connect::new, WorkerMessage.Ready.class, timeouts.startNs(), "start_timeout");
        monitor.activity(() -> "idle");
        return agreed(
                "start at step", ready.stream().map(WorkerMessage.Ready::step).toList());
    }

    private CoveyException absent() {
        List<Integer> absent = crew.absent();
        String numbers = absent.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return CoveyException.failure((config.workers() - absent.size()) + " of " + config.workers()
                + " workers have registered, missing: " + numbers + " "
                + ClusterTimeouts.limit("start_timeout", timeouts.startNs())
                + ". All workers run at the same time: are there enough free cores for them, and can they reach the driver at "
                + address.member().endpoint() + "?");
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
        long first = plan.firstStep() - plan.epochFirstStep();
        long end = plan.endStep() - plan.epochFirstStep();
        try {
            PassProgress pass = pass(first, end);
            List<WorkerMessage.PassDone> done =
                    run(pass, "training epoch " + (plan.epoch() + 1), n -> new Command.Train(n, plan), listener);
            long ended = agreed(
                    "ended before step",
                    done.stream().map(WorkerMessage.PassDone::endStep).toList());
            if (ended != plan.epochFirstStep() + pass.nextStep()) {
                throw monitor.fail(CoveyException.failure("the workers ended before step " + ended
                        + ", but have reported the steps before " + (plan.epochFirstStep() + pass.nextStep())));
            }
            return ended;
        } finally {
            stopRequested = false;
        }
    }

    @Override
    public void evaluate(DataSplit split, StepListener listener) {
        PassProgress pass = pass(0, steps(split));
        String name = "evaluating " + split.name().toLowerCase(Locale.ROOT) + " data";
        run(pass, name, n -> new Command.Evaluate(n, split), listener);
        if (pass.nextStep() != steps(split)) {
            throw monitor.fail(CoveyException.failure(
                    "the workers ended " + name + " after " + pass.nextStep() + " of " + steps(split) + " steps"));
        }
    }

    private PassProgress pass(long firstStep, long endStep) {
        return new PassProgress(
                ++commands, topology.leafOwners(), spec.metrics().stateLength(), firstStep, endStep);
    }

    /** Runs a pass, hands its steps to the listener, and returns the workers' answers. */
    private List<WorkerMessage.PassDone> run(
            PassProgress pass, String name, LongFunction<Command> command, StepListener listener) {
        Answers answers = new Answers(pass.command(), config.workers());
        MetricState sums = MetricState.zero(spec.metrics().stateLength());
        monitor.expect(answers);
        monitor.expect(pass);
        monitor.activity(() -> name + ", step " + (pass.nextStep() + 1));
        BooleanSupplier news = () -> pass.isStepComplete() || answers.complete() || isStopDue();
        BooleanSupplier nextStep = () -> pass.poll(sums);
        Supplier<CoveyException> late = () -> stuck(pass, answers);
        try {
            monitor.send(everyone(), command.apply(pass.command()));
            while (true) {
                monitor.await(news, timeouts.stepNs(), late);
                if (isStopDue()) {
                    stopSent = pass.command();
                    monitor.send(everyone(), new Command.StopTraining(pass.command()));
                }
                if (monitor.holds(nextStep)) {
                    listener.onStep(pass.nextStep() - 1, sums);
                } else if (monitor.holds(answers::complete)) {
                    return answers.as(WorkerMessage.PassDone.class);
                }
            }
        } finally {
            monitor.expect((PassProgress) null);
            monitor.activity(() -> "idle");
        }
    }

    private boolean isStopDue() {
        return stopRequested && stopSent != commands;
    }

    private CoveyException stuck(PassProgress pass, Answers answers) {
        List<Integer> leaves = pass.missingLeaves();
        String missing = leaves.isEmpty()
                ? "the end of " + crew.describe(answers.missing())
                : leaves.stream()
                        .collect(Collectors.groupingBy(
                                leaf -> topology.leafOwners().get(leaf), TreeMap::new, Collectors.toList()))
                        .entrySet()
                        .stream()
                        .map(e -> "virtual shards " + e.getValue() + " of " + crew.describe(e.getKey()))
                        .collect(Collectors.joining(", "));
        return CoveyException.failure("no step has completed for " + ClusterTimeouts.tenths(timeouts.stepNs())
                + " while " + monitor.activity() + ", missing: " + missing + " "
                + ClusterTimeouts.limit("step_timeout", timeouts.stepNs()));
    }

    @Override
    public String weightsSha256() {
        monitor.activity(() -> "hashing the weights");
        List<WorkerMessage.WeightsHash> hashes =
                ask(Command.HashWeights::new, WorkerMessage.WeightsHash.class, timeouts.stepNs(), "step_timeout");
        return agreed(
                "weights have SHA-256",
                hashes.stream().map(WorkerMessage.WeightsHash::sha256).toList());
    }

    @Override
    public CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state) {
        monitor.requireHealthy();
        if (checkpoint != null && !checkpoint.future().isDone()) {
            throw new IllegalStateException("the checkpoint before " + checkpointPrefix + " is still being written");
        }
        long command = ++commands;
        String attempt = Long.toHexString(address.session()) + "-" + command;
        Set<Integer> hosts = new TreeSet<>(topology.shardHosts());
        checkpoint = new PendingCheckpoint(
                command,
                checkpointPrefix,
                hosts,
                () -> new CheckpointParts(store, checkpointPrefix, attempt, config.servers())
                        .commit(spec.model().layout(), spec.optimizer().slots(), state),
                committer,
                clock.nanoTime());
        monitor.expect(checkpoint);
        monitor.send(hosts, new Command.WriteParts(command, state.step(), checkpointPrefix, attempt));
        return checkpoint.future();
    }

    @Override
    public void requestStop() {
        stopRequested = true;
    }

    /** Ends the run because a worker's task failed: the waiting method throws, with this cause if no better one is known. */
    public void fail(Throwable taskFailure) {
        failures.taskFailed(taskFailure);
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

    /** Gives all workers a command and returns their answers by worker. */
    private <A extends WorkerMessage.Answer> List<A> ask(
            LongFunction<Command> command, Class<A> type, long timeoutNs, String key) {
        Answers answers = new Answers(++commands, config.workers());
        monitor.expect(answers);
        monitor.send(everyone(), command.apply(answers.command()));
        monitor.await(
                answers::complete,
                timeoutNs,
                () -> CoveyException.failure(crew.describe(answers.missing()) + " did not finish "
                        + monitor.activity() + " within " + ClusterTimeouts.tenths(timeoutNs) + " "
                        + ClusterTimeouts.limit(key, timeoutNs)));
        return answers.as(type);
    }

    private List<Integer> everyone() {
        return IntStream.range(0, config.workers()).boxed().toList();
    }

    /** The value that all workers gave; they must be of one opinion. */
    private <T> T agreed(String what, List<T> byWorker) {
        T first = byWorker.get(0);
        for (int w = 1; w < byWorker.size(); w++) {
            if (!byWorker.get(w).equals(first)) {
                throw monitor.fail(CoveyException.failure("the workers disagree: " + what + " " + first + " on "
                        + crew.describe(0) + ", " + byWorker.get(w) + " on " + crew.describe(w)));
            }
        }
        return first;
    }
}
