package io.covey.server.exchange;

import io.covey.server.membership.FaultPoint;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's end of the parameter server: sends gradient sums to the shards, takes parameters from them, and runs the
 * shards that this worker hosts. It makes no thread: everything happens within its methods, which one thread calls.
 *
 * <p>Life: construct, {@link #connect}, write the hosted shards' initial {@link ShardServer#parameters} (and slots),
 * {@link #synchronize}, then {@link #push} and {@link #pull} step after step. A change of membership needs a new client.
 * Any exception leaves it fit for {@link #disconnect}, {@link #holdings} and
 * {@link #close} only.
 */
public final class ParameterServerClient implements WorkerExchange {
    private static final int NOTHING = -1;

    private final ExchangeConfig config;
    private final SharedFloats parameters;
    private final int[] ownNodes;
    private final boolean tellsTaken;
    private final int frameLength;
    private final ShardServer[] hosted;
    private final ParameterReceiver[] receivers;
    /** The receivers, and those of replicas' slots. */
    private final ParameterReceiver[] incoming;

    private final List<ShardHolding> replicas = new ArrayList<>();
    private final GradientSender[] senders;
    private final Residuals residuals;
    private final DroppedFrames dropped = new DroppedFrames();
    private final DeadlineWait wait;
    private Runnable whileWaiting = () -> {};
    private final AwaitedParts awaited;
    private long step;
    /** The tree node whose gradient is partly sent. */
    private int pushing = NOTHING;

    private boolean connected = true;

    /**
     * Makes the client's publications and subscriptions.
     *
     * @param config what to exchange with whom
     * @param node this process' transport; it must outlive the client
     * @param clock of the deadlines
     */
    public ParameterServerClient(ExchangeConfig config, TransportNode node, NanoClock clock) {
        this.config = config;
        this.wait = new DeadlineWait(clock);
        Contributions contributions =
                Contributions.of(config.topology(), config.wire().encodesGradients());
        ownNodes = contributions.nodesOf(config.worker());
        tellsTaken = ownNodes.length == 0;
        Links links = new Links(config, contributions, node);
        frameLength = links.frameLength();
        parameters = new SharedFloats(NativeFloats.allocate(config.layout().length()));
        residuals = new Residuals(config);
        List<AutoCloseable> made = new ArrayList<>();
        made.add(parameters::release);
        made.add(residuals);
        try {
            List<ShardServer> servers = new ArrayList<>();
            List<ParameterReceiver> in = new ArrayList<>();
            List<ParameterReceiver> slots = new ArrayList<>();
            List<GradientSender> out = new ArrayList<>();
            for (ChunkedRange range : config.ranges()) {
                if (config.hosts(range)) {
                    servers.add(links.server(range, parameters, dropped, made));
                } else {
                    ParameterReceiver receiver = links.receiver(range, parameters.floats(), dropped, made);
                    in.add(receiver);
                    if (links.replicates(range)) {
                        replicate(range, receiver, links.slotReceiver(range, dropped, made), slots);
                    }
                    out.add(links.sender(range, made));
                }
            }
            hosted = servers.toArray(ShardServer[]::new);
            receivers = in.toArray(ParameterReceiver[]::new);
            senders = out.toArray(GradientSender[]::new);
            incoming = Stream.concat(in.stream(), slots.stream()).toArray(ParameterReceiver[]::new);
            List<NormExchange> norms =
                    servers.stream().map(server -> server.update().norms()).toList();
            norms.forEach(each -> each.connect(norms, out));
            awaited = new AwaitedParts(config, hosted, incoming);
        } catch (RuntimeException | Error e) {
            CloseHelper.quietCloseAll(made);
            throw e;
        }
    }

    private void replicate(
            ChunkedRange range, ParameterReceiver parameterStream, SlotReceiver slots, List<ParameterReceiver> all) {
        List<RetainedFloats> vectors = new ArrayList<>();
        if (slots != null) {
            vectors.addAll(slots.retained());
            all.add(slots);
        }
        // The exact parameters come first: those that all workers get or, if they get them encoded, the last vector.
        vectors.add(
                0,
                config.wire().encodesParameters()
                        ? vectors.remove(vectors.size() - 1)
                        : ((AeronParameterReceiver) parameterStream).retained());
        replicas.add(new ShardHolding(range.range(), vectors));
    }

    @Override
    public void beginPass(long endStep) {
        // Each step is like the others.
    }

    @Override
    public void whileWaiting(Runnable hook) {
        whileWaiting = hook;
    }

    @Override
    public void connect() {
        wait.start(config.connectTimeoutNs());
        LinkProbe probe = new LinkProbe(config, hosted, senders, incoming, parameters.floats(), frameLength);
        while (true) {
            int work = probe.doWork();
            if (probe.isDone()) {
                return;
            }
            if (wait.isExpired()) {
                throw probe.failure();
            }
            if (wait.isCheckDue()) {
                whileWaiting.run();
            }
            wait.idle(work);
        }
    }

    @Override
    public void synchronize(long nextStep) {
        wait.start(config.stepTimeoutNs());
        while (!isTaken()) {
            waitFor(poll(), step, "waiting for others to take its parameters");
        }
        for (ParameterReceiver receiver : incoming) {
            receiver.synchronize(nextStep);
        }
        for (GradientSender sender : senders) {
            sender.synchronize(nextStep);
        }
        for (ShardServer server : hosted) {
            server.distribute(nextStep);
        }
        step = nextStep;
        await(nextStep - 1, "distributing the parameters before it");
    }

    @Override
    public long overwriteWithAverages() {
        wait.start(config.stepTimeoutNs());
        while (!isTaken()) {
            waitFor(poll(), step, "waiting for others to take its parameters");
        }
        for (ShardServer server : hosted) {
            server.update().overwriteWithAverages();
        }
        synchronize(step);
        return step;
    }

    @Override
    public NativeFloats parameters() {
        return parameters.floats();
    }

    @Override
    public List<HostedShard> hostedShards() {
        return List.of(hosted);
    }

    @Override
    public Residuals residuals() {
        return residuals;
    }

    @Override
    public List<ShardHolding> holdings() {
        return Stream.concat(
                        Arrays.stream(hosted).map(ShardServer::retained).filter(Objects::nonNull), replicas.stream())
                .toList();
    }

    /** Frames that were received and not used. */
    public DroppedFrames droppedFrames() {
        return dropped;
    }

    @Override
    public int poll() {
        int work = 0;
        for (ShardServer server : hosted) {
            work += server.doWork();
        }
        return work;
    }

    @Override
    public void push(
            long pushStep, int node, NativeFloats gradientSum, int samples, float learningRate, boolean lastStep) {
        pushFrom(0, pushStep, node, gradientSum, samples, learningRate, lastStep);
    }

    /** Sends what the logs take and lets the hosted shards work, without waiting unless {@code from} is 0. */
    @Override
    public void pushFrom(
            long from,
            long pushStep,
            int node,
            NativeFloats gradientSum,
            int samples,
            float learningRate,
            boolean lastStep) {
        check(pushStep, node, gradientSum);
        if (from == 0) {
            wait.start(config.stepTimeoutNs());
        }
        if (node != pushing) {
            while (isHeldBack()) {
                int work = duty(step);
                if (from > 0) {
                    return;
                }
                waitFor(work, step, "waiting for replicas to be complete");
            }
            begin(node, gradientSum, samples, learningRate, lastStep);
        }
        for (ShardServer server : hosted) {
            server.releaseLocal(node, from);
        }
        for (GradientSender sender : senders) {
            sender.release(from);
        }
        if (from > 0) {
            sendWhatFits(node);
        } else {
            sendAll(node);
            pushing = NOTHING;
        }
    }

    private void begin(int node, NativeFloats gradientSum, int samples, float learningRate, boolean lastStep) {
        NativeFloats residual = residuals.ofNode(node);
        for (ShardServer server : hosted) {
            server.contributeLocal(gradientSum, residual, node, samples, learningRate, lastStep);
        }
        for (GradientSender sender : senders) {
            sender.begin(gradientSum, residual, step, node, samples, learningRate, lastStep);
        }
        pushing = node;
    }

    private void sendWhatFits(int node) {
        int moved;
        do {
            moved = sendNext(node);
            if (moved > 0) {
                FaultPoint.PUSH.reached(step);
            }
            duty(step);
        } while (moved > 0);
    }

    private void sendAll(int node) {
        while (true) {
            int moved = sendNext(node);
            if (moved == 0 && isSent()) {
                return;
            }
            FaultPoint.PUSH.reached(step);
            // Parameters must be taken even now: a peer that cannot send them would not take our gradients either.
            waitFor(moved + duty(step), step, "sending the gradients");
        }
    }

    /** Moves the next chunk to each shard. */
    private int sendNext(int node) {
        int moved = 0;
        for (GradientSender sender : senders) {
            moved += sender.sendNext();
        }
        for (ShardServer server : hosted) {
            moved += server.addNextLocal(node);
        }
        return moved;
    }

    private boolean isSent() {
        for (GradientSender sender : senders) {
            if (!sender.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** The next step with contributions is {@code nextStep}, for all members alike. */
    void skipTo(long nextStep) {
        if (nextStep == step) {
            return;
        }
        for (ParameterReceiver receiver : receivers) {
            receiver.skipTo(nextStep);
        }
        for (ShardServer server : hosted) {
            server.skipTo(nextStep);
        }
        step = nextStep;
    }

    @Override
    public boolean pull(long pullStep) {
        if (pullStep != step) {
            throw new IllegalArgumentException("pull of step " + pullStep + ", the step in work is " + step);
        }
        FaultPoint.PULL.reached(pullStep);
        if (tellsTaken) {
            // Only now, not at once: between two passes the shards must stand still, for a checkpoint.
            tellTaken(pullStep - 1);
        }
        await(pullStep, "waiting for the parameters");
        step++;
        boolean last = false;
        for (ShardServer server : hosted) {
            last |= server.isLastStep(pullStep);
        }
        for (ParameterReceiver receiver : receivers) {
            last |= receiver.isLastStep(pullStep);
        }
        return last;
    }

    /** No shard begins the next step before: who contributes nothing has no other way to say so. */
    private void tellTaken(long takenStep) {
        for (ShardServer server : hosted) {
            server.gate().taken(config.worker(), takenStep);
        }
        for (GradientSender sender : senders) {
            while (!sender.sendTaken(config.worker(), takenStep)) {
                waitFor(duty(takenStep), takenStep, "telling that it has the parameters");
            }
        }
    }

    private boolean isHeldBack() {
        for (ShardServer server : hosted) {
            if (server.isHeldBack()) {
                return true;
            }
        }
        return false;
    }

    private void check(long pushStep, int node, NativeFloats gradientSum) {
        if (pushStep != step) {
            throw new IllegalArgumentException("push of step " + pushStep + ", the step in work is " + step);
        }
        if (gradientSum.length() != parameters.floats().length()) {
            throw new IllegalArgumentException("gradient of " + gradientSum.length() + " floats, the model has "
                    + parameters.floats().length());
        }
        for (int own : ownNodes) {
            if (own == node) {
                return;
            }
        }
        throw new IllegalArgumentException(
                "worker " + config.worker() + " does not own the subtree of tree node " + node);
    }

    private void await(long awaitedStep, String activity) {
        wait.start(config.stepTimeoutNs());
        while (!isDone(awaitedStep)) {
            waitFor(duty(awaitedStep), awaitedStep, activity);
        }
    }

    private boolean isDone(long doneStep) {
        for (ShardServer server : hosted) {
            if (!server.isDone(doneStep)) {
                return false;
            }
        }
        for (ParameterReceiver receiver : incoming) {
            if (!receiver.isDone(doneStep)) {
                return false;
            }
        }
        return true;
    }

    private boolean isTaken() {
        for (ShardServer server : hosted) {
            if (!server.isTaken()) {
                return false;
            }
        }
        return true;
    }

    private int duty(long awaitedStep) {
        int work = poll();
        for (ParameterReceiver receiver : incoming) {
            // What a shard sends after the awaited step is for the next pull or synchronize.
            if (!receiver.isDone(awaitedStep)) {
                work += receiver.poll();
            }
        }
        return work;
    }

    private void waitFor(int work, long awaitedStep, String activity) {
        if (wait.isExpired()) {
            throw CoveyException.failure("step " + step + ", " + activity + ": not done within "
                    + TimeUnit.NANOSECONDS.toMillis(config.stepTimeoutNs()) + " ms (cluster.step_timeout): "
                    + String.join("; ", awaited.missing(awaitedStep, false)));
        }
        if (wait.isCheckDue()) {
            whileWaiting.run();
            List<String> lost = awaited.missing(awaitedStep, true);
            if (!lost.isEmpty()) {
                throw CoveyException.failure("step " + step + ", " + activity + ": a worker is gone without an answer: "
                        + String.join("; ", lost));
            }
        }
        wait.idle(work);
    }

    /**
     * Frees vectors and streams. Frames that are still under way to others by UDP are lost when the process' node closes
     * right after: let the workers agree that the last step is done everywhere first.
     */
    @Override
    public void close() {
        disconnect();
        CloseHelper.closeAll(incoming);
        CloseHelper.closeAll(hosted);
        residuals.close();
        parameters.release();
    }

    @Override
    public void disconnect() {
        if (connected) {
            connected = false;
            CloseHelper.closeAll(senders);
            for (ParameterReceiver receiver : incoming) {
                receiver.disconnect();
            }
            for (ShardServer server : hosted) {
                server.disconnect();
            }
        }
    }
}
