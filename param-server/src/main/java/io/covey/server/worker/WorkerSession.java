package io.covey.server.worker;

import io.covey.server.client.WorkerExchange;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ErrorReport;
import io.covey.server.control.ProductVersion;
import io.covey.server.control.WorkerMessage;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.membership.FaultPoint;
import io.covey.server.membership.Holding;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.server.shard.HostedShard;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.VirtualShard;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does while it is connected: obeys one command after another. Used by the worker's thread. */
final class WorkerSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);
    private static final int IDLE_SPINS = 10;
    private static final int IDLE_YIELDS = 10;
    private static final long IDLE_PARK_MIN_NS = TimeUnit.MICROSECONDS.toNanos(10);
    private static final long IDLE_PARK_MAX_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final WorkerConfig config;
    private final Function<Set<Integer>, List<VirtualShard>> loader;
    private final WorkerRuntime.RunnerFactory runners;
    private final FileStore store;
    private final BooleanSupplier interrupted;
    private final NanoClock clock;
    private final TransportNode node;
    private final CoordinatorLink link;
    private final ClusterTimeouts timeouts;
    private final ProgressReporter reporter;
    private final IdleStrategy idle =
            new BackoffIdleStrategy(IDLE_SPINS, IDLE_YIELDS, IDLE_PARK_MIN_NS, IDLE_PARK_MAX_NS);
    private Topology topology;
    private int rank;
    private Map<Integer, VirtualShard> shards = Map.of();
    private StepRunner runner;
    /** Connects this worker in the present membership. */
    private WatchedExchange exchange;
    /** That of the membership before: what the next one is restored from, until that is done. */
    private WatchedExchange retired;

    private boolean synchronizedOnce;
    private ShardCheckpoints checkpoints;
    private boolean taskKilled;
    private boolean stalled;

    WorkerSession(
            WorkerConfig config,
            Function<Set<Integer>, List<VirtualShard>> loader,
            WorkerRuntime.RunnerFactory runners,
            FileStore store,
            BooleanSupplier interrupted,
            NanoClock clock,
            TransportNode node,
            CoordinatorLink link) {
        this.config = config;
        this.loader = loader;
        this.runners = runners;
        this.store = store;
        this.interrupted = interrupted;
        this.clock = clock;
        this.node = node;
        this.link = link;
        this.timeouts = config.timeouts();
        this.reporter = new ProgressReporter(config.spec().metrics().stateLength(), this::send, clock);
    }

    /** Joins and obeys until told to end, which a {@link StopException} says. */
    void run() {
        join();
        while (true) {
            try {
                if (link.isPaused()) {
                    pause();
                }
                idle.idle(turn());
            } catch (PausedException e) {
                // The next turn obeys it.
                LOG.debug("Worker {} pauses for membership {}", config.worker(), link.pauseEpoch());
            }
        }
    }

    private int turn() {
        int work = duty();
        Command command = stalled ? null : link.nextCommand();
        if (command == null) {
            return work;
        }
        try {
            obey(command);
        } catch (CoveyException e) {
            if (!isEcho(e)) {
                throw e;
            }
            stall(e);
        }
        return work + 1;
    }

    /** Whether an error says only that other workers did not do their part. */
    private boolean isEcho(CoveyException error) {
        return exchange != null
                && exchange.threw(error)
                && !taskKilled
                && !(error instanceof CoordinatorLostException)
                && !(error instanceof DismissedException);
    }

    /** Others do not do their part: stands still until the coordinator says what becomes of it. */
    private void stall(CoveyException error) {
        LOG.debug("Worker {} waits in vain", config.worker(), error);
        stalled = true;
        send(new WorkerMessage.Failed(ErrorReport.of(error), WorkerMessage.Origin.ECHO));
    }

    /** Stands still for a new membership, and says what can be restored from here. */
    private void pause() {
        link.enter(link.pauseEpoch());
        stalled = false;
        if (exchange != null) {
            exchange.disconnect();
            if (synchronizedOnce) {
                CloseHelper.close(retired);
                retired = exchange;
            } else {
                exchange.close();
            }
            exchange = null;
        }
        reporter.flush();
        List<Holding> holdings = retired == null
                ? List.of()
                : retired.holdings().stream()
                        .map(h -> new Holding(h.shard(), h.step(), h.holds(h.step() - 1)))
                        .toList();
        send(new WorkerMessage.Paused(holdings));
    }

    private void join() {
        Member self = node.describe(config.worker(), NativeLibraries.instructionSet());
        WorkerMessage join =
                new WorkerMessage.Join(ProductVersion.current(), config.dedicated() ? self.asDedicated() : self);
        long startNs = clock.nanoTime();
        while (!link.offer(join)) {
            checkControl();
            if (clock.nanoTime() - startNs > timeouts.connectNs()) {
                throw CoveyException.failure("worker " + config.worker() + " cannot reach the " + config.coordinator()
                        + " from " + node.endpoint() + " "
                        + ClusterTimeouts.limit("connect_timeout", timeouts.connectNs())
                        + ": has the driver ended, does a firewall stop UDP between the two, or do they not have the same"
                        + " secret?");
            }
            idle.idle(0);
        }
        link.startHeartbeats();
    }

    private void obey(Command command) {
        if (command instanceof Command.Assign c) {
            load(c.topology());
            send(new WorkerMessage.Loaded(c.command()));
        } else if (command instanceof Command.Connect c) {
            send(new WorkerMessage.Ready(c.command(), connect(c)));
        } else if (command instanceof Command.Train c) {
            reporter.start(c.command(), shards.size(), topology.isReplicated());
            exchange.beginPass(c.plan().endStep());
            FaultPoint.START.reached(c.plan().firstStep());
            long endStep = runner.train(c.plan(), exchange, reporter, () -> {
                checkControl();
                return link.isStopRequested(c.command());
            });
            reporter.flush();
            FaultPoint.PASS_END.reached(endStep);
            send(new WorkerMessage.PassDone(c.command(), endStep, exchange.takeDropped()));
        } else if (command instanceof Command.Evaluate c) {
            reporter.start(c.command(), shards.size(), false);
            runner.evaluate(c.split(), exchange, reporter);
            reporter.flush();
            send(new WorkerMessage.PassDone(c.command(), 0));
        } else if (command instanceof Command.HashWeights c) {
            String sha256 = WeightsHash.sha256(config.spec().model().layout(), exchange.parameters());
            send(new WorkerMessage.WeightsHash(c.command(), sha256));
        } else if (command instanceof Command.OverwriteWithAverages c) {
            send(new WorkerMessage.PassDone(c.command(), exchange.overwriteWithAverages()));
        } else if (command instanceof Command.ReadVariables c) {
            send(new WorkerMessage.VariablesPart(c.command(), read(c)));
        } else if (command instanceof Command.WriteWeights c) {
            write(c);
            send(new WorkerMessage.Done(c.command()));
        } else if (command instanceof Command.Synchronize c) {
            exchange.synchronize(c.step());
            send(new WorkerMessage.Done(c.command()));
        } else if (command instanceof Command.WriteParts c) {
            checkpoints.write(c, exchange.hostedShards(), exchange.residuals());
        }
    }

    private void load(Topology assigned) {
        link.enter(assigned.epoch());
        topology = assigned;
        rank = assigned.rankOf(config.worker());
        Set<Integer> owned = assigned.leavesOf(rank);
        if (runner != null && owned.equals(shards.keySet())) {
            return;
        }
        Map<Integer, VirtualShard> all = new TreeMap<>(shards);
        all.keySet().retainAll(owned);
        Set<Integer> missing = new TreeSet<>(owned);
        missing.removeAll(all.keySet());
        loader.apply(missing).forEach(shard -> all.put(shard.index(), shard));
        if (!all.keySet().equals(owned)) {
            throw CoveyException.failure("worker " + config.worker() + " needs the data of virtual shards " + owned
                    + ", those of " + all.keySet() + " were loaded");
        }
        shards = all;
        StepRunner ended = runner;
        runner = null;
        CloseHelper.close(ended);
        runner = config.dedicated()
                ? new ServingRunner()
                : runners.create(config.spec(), List.copyOf(all.values()), config.lanes());
    }

    private long connect(Command.Connect command) {
        WorkerExchange client = WorkerExchange.of(
                new ExchangeConfig(
                        rank,
                        topology,
                        config.spec().model().layout(),
                        config.spec().optimizer(),
                        config.mode(),
                        config.spec().wire(),
                        timeouts.connectNs(),
                        timeouts.stepNs()),
                node,
                clock);
        client.whileWaiting(() -> {
            checkControl();
            reporter.offer(link::offer);
        });
        exchange = new WatchedExchange(client);
        synchronizedOnce = false;
        exchange.connect();
        if (checkpoints == null) {
            checkpoints = new ShardCheckpoints(config, topology.shardHosts().size(), store);
        }
        long step = command.heldStep();
        if (step == Command.Connect.NOT_HELD) {
            step = checkpoints.fill(exchange.hostedShards(), exchange.residuals(), command.prefix());
        } else {
            restore(exchange.hostedShards(), step);
        }
        exchange.synchronize(step);
        synchronizedOnce = true;
        CloseHelper.close(retired);
        retired = null;
        return step;
    }

    private HostedShard hosted(long offset, int length) {
        return exchange.hostedShards().stream()
                .filter(shard -> shard.range().offset() <= offset
                        && offset + length <= shard.range().end())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no server shard here holds the " + length + " floats from " + offset + " on"));
    }

    private FloatBuffer read(Command.ReadVariables command) {
        HostedShard source = hosted(command.offset(), command.length());
        NativeFloats vector = command.vector() == Command.ReadVariables.PARAMETERS
                ? source.parameters()
                : source.slots().get(command.vector());
        return FloatBuffer.wrap(vector.get(command.offset() - source.range().offset(), command.length()));
    }

    private void write(Command.WriteWeights command) {
        HostedShard target = hosted(command.offset(), command.values().remaining());
        float[] values = new float[command.values().remaining()];
        command.values().get(values);
        target.parameters().put(command.offset() - target.range().offset(), values);
    }

    private void restore(List<HostedShard> targets, long step) {
        for (HostedShard target : targets) {
            int shard = target.range().shard();
            retired.holdings().stream()
                    .filter(holding -> holding.shard() == shard && holding.holds(step))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "server shard " + shard + " cannot be restored here to step " + step))
                    .copyTo(target, step);
        }
    }

    /** What must go on at all times. */
    private int duty() {
        int work = checkControl();
        if (exchange != null && !stalled && synchronizedOnce) {
            work += exchange.poll();
        }
        if (checkpoints != null) {
            work += checkpoints.poll(link);
        }
        return work;
    }

    /** Listens to the coordinator, and to those who want this task to end. */
    private int checkControl() {
        int work = link.poll();
        if (link.stopReason() != null) {
            throw new StopException(link.stopReason());
        }
        if (link.isPaused()) {
            throw new PausedException();
        }
        // Cleared, for Aeron takes an interrupted thread's next call as the end of its client.
        if (interrupted.getAsBoolean() || Thread.interrupted()) {
            taskKilled = true;
            throw CoveyException.failure("the task of worker " + config.worker() + " was killed");
        }
        return work;
    }

    private void send(WorkerMessage message) {
        checkControl();
        long startNs = clock.nanoTime();
        while (!link.offer(message)) {
            idle.idle(duty());
            if (clock.nanoTime() - startNs > timeouts.stepNs()) {
                throw CoveyException.failure("the " + config.coordinator() + " has not taken a message of worker "
                        + config.worker() + " for " + ClusterTimeouts.tenths(timeouts.stepNs()) + " "
                        + ClusterTimeouts.limit("step_timeout", timeouts.stepNs())
                        + ": the driver hangs, or one of its callbacks takes longer than that");
            }
        }
    }

    /** Tells the coordinator why the worker ends, as well as that can be done; {@code error} remains what is thrown. */
    void report(Throwable error) {
        if (!(error instanceof CoordinatorLostException) && !(error instanceof DismissedException)) {
            WorkerMessage.Origin origin = taskKilled ? WorkerMessage.Origin.LEAVING : WorkerMessage.Origin.CAUSE;
            link.report(new WorkerMessage.Failed(ErrorReport.of(error), origin), error);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(checkpoints, runner, exchange, retired);
    }
}
