package io.covey.server.client;

import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.SharedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.membership.FaultPoint;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.server.shard.ShardServer;
import io.covey.server.transport.TransportNode;
import io.covey.server.update.NormExchange;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    private final StepWait wait;
    private final ContributionSender contribution;
    private long step;
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
        Contributions contributions =
                Contributions.of(config.topology(), config.wire().encodesGradients());
        ownNodes = contributions.nodesOf(config.worker());
        tellsTaken = ownNodes.length == 0;
        Links links = new Links(config, contributions, node);
        frameLength = links.plan().frameLength();
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
                    if (links.plan().replicates(range)) {
                        SlotReceiver slotReceiver = links.slotReceiver(range, dropped, made);
                        Stream.ofNullable(slotReceiver).forEach(slots::add);
                        replicas.add(links.replica(range, receiver, slotReceiver));
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
            wait = new StepWait(config, hosted, incoming, clock);
            contribution = new ContributionSender(hosted, senders, residuals);
        } catch (RuntimeException | Error e) {
            CloseHelper.quietCloseAll(made);
            throw e;
        }
    }

    @Override
    public void beginPass(long endStep) {
        // Each step is like the others.
    }

    @Override
    public void whileWaiting(Runnable hook) {
        wait.whileWaiting(hook);
    }

    @Override
    public void connect() {
        wait.connect(new LinkProbe(config, hosted, senders, incoming, parameters.floats(), frameLength));
    }

    @Override
    public void synchronize(long nextStep) {
        awaitTaken();
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
        awaitTaken();
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
            wait.start();
        }
        if (!contribution.isSending(node)) {
            while (isHeldBack()) {
                int work = duty(step);
                if (from > 0) {
                    return;
                }
                wait.idle(step, work, step, "waiting for replicas to be complete");
            }
            contribution.begin(step, node, gradientSum, samples, learningRate, lastStep);
        }
        contribution.release(from);
        if (from > 0) {
            sendWhatFits();
        } else {
            sendAll();
            contribution.end();
        }
    }

    private void sendWhatFits() {
        int moved;
        do {
            moved = contribution.sendNext();
            if (moved > 0) {
                FaultPoint.PUSH.reached(step);
            }
            duty(step);
        } while (moved > 0);
    }

    private void sendAll() {
        while (true) {
            int moved = contribution.sendNext();
            if (moved == 0 && contribution.isSent()) {
                return;
            }
            FaultPoint.PUSH.reached(step);
            // Parameters must be taken even now: a peer that cannot send them would not take our gradients either.
            wait.idle(step, moved + duty(step), step, "sending the gradients");
        }
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
            server.beginStep(nextStep);
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
            server.taken(config.worker(), takenStep);
        }
        for (GradientSender sender : senders) {
            while (!sender.sendTaken(config.worker(), takenStep)) {
                wait.idle(step, duty(takenStep), takenStep, "telling that it has the parameters");
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
        wait.start();
        while (!isDone(awaitedStep)) {
            wait.idle(step, duty(awaitedStep), awaitedStep, activity);
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

    private void awaitTaken() {
        wait.start();
        while (!isTaken()) {
            wait.idle(step, poll(), step, "waiting for others to take its parameters");
        }
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
