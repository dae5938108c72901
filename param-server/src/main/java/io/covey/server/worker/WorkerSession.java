package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.ErrorReport;
import io.covey.server.control.ProductVersion;
import io.covey.server.control.WorkerMessage;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ParameterServerClient;
import io.covey.server.membership.Topology;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

/** What a worker does while it is connected: obeys one command after another. Used by the worker's thread. */
final class WorkerSession implements AutoCloseable {
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
    private StepRunner runner;
    private WatchedExchange exchange;
    private ShardCheckpoints checkpoints;
    private boolean taskKilled;

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
            int work = duty();
            Command command = link.nextCommand();
            if (command != null) {
                obey(command);
                work++;
            }
            idle.idle(work);
        }
    }

    private void join() {
        WorkerMessage join = new WorkerMessage.Join(
                ProductVersion.current(), node.describe(config.worker(), NativeLibraries.instructionSet()));
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
            send(new WorkerMessage.Ready(c.command(), connect()));
        } else if (command instanceof Command.Train c) {
            reporter.start(c.command());
            long endStep = runner.train(c.plan(), exchange, reporter, () -> {
                checkControl();
                return link.isStopRequested(c.command());
            });
            reporter.flush();
            send(new WorkerMessage.PassDone(c.command(), endStep));
        } else if (command instanceof Command.Evaluate c) {
            reporter.start(c.command());
            runner.evaluate(c.split(), exchange, reporter);
            reporter.flush();
            send(new WorkerMessage.PassDone(c.command(), 0));
        } else if (command instanceof Command.HashWeights c) {
            String sha256 = WeightsHash.sha256(config.spec().model().layout(), exchange.parameters());
            send(new WorkerMessage.WeightsHash(c.command(), sha256));
        } else if (command instanceof Command.WriteParts c) {
            checkpoints.write(c, exchange.hostedShards());
        }
    }

    private void load(Topology assigned) {
        topology = assigned;
        link.epoch(assigned.epoch());
        Set<Integer> owned = assigned.leavesOf(config.worker());
        List<VirtualShard> shards = loader.apply(owned);
        Set<Integer> loaded = shards.stream().map(VirtualShard::index).collect(Collectors.toSet());
        if (!loaded.equals(owned)) {
            throw CoveyException.failure("worker " + config.worker() + " needs the data of virtual shards " + owned
                    + ", those of " + loaded + " were loaded");
        }
        runner = runners.create(config.spec(), shards, config.lanes());
    }

    private long connect() {
        ParameterServerClient client = new ParameterServerClient(
                new ExchangeConfig(
                        config.worker(),
                        topology,
                        config.spec().model().layout(),
                        config.spec().optimizer(),
                        timeouts.connectNs(),
                        timeouts.stepNs()),
                node,
                clock);
        client.whileWaiting(this::checkControl);
        checkpoints = new ShardCheckpoints(config, topology.shardHosts().size(), store);
        exchange = new WatchedExchange(client);
        exchange.connect();
        long step = checkpoints.fill(exchange.hostedShards());
        exchange.synchronize(step);
        return step;
    }

    /** What must go on at all times. */
    private int duty() {
        int work = checkControl();
        if (exchange != null) {
            work += exchange.poll() + checkpoints.poll(link);
        }
        return work;
    }

    /** Listens to the coordinator, and to those who want this task to end. */
    private int checkControl() {
        int work = link.poll();
        if (link.stopReason() != null) {
            throw new StopException(link.stopReason());
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
        if (!(error instanceof CoordinatorLink.LostException)) {
            boolean echo = taskKilled || (exchange != null && exchange.threw(error));
            link.report(new WorkerMessage.Failed(ErrorReport.of(error), echo), error);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(checkpoints, runner, exchange);
    }
}
