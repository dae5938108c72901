package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.membership.FaultPoint;
import io.covey.server.membership.Member;
import io.covey.server.shard.HostedShard;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's end in {@link ExchangeMode.Relaxed} modes: it contributes the sum of its subtrees to each shard, asks each for
 * parameters, and goes on when they are here. At the end of a pass all workers wait for each other and take the same.
 */
final class RelaxedWorker extends RelaxedExchange {
    private final NativeFloats parameters;
    private final List<RelaxedLink> toShards = new ArrayList<>();
    private final VectorKernels kernels = new VectorKernels();
    private final int subtrees;
    private long endStep;
    private long next;

    // The contribution in the making.
    private NativeFloats sum;
    private int pushed;
    private int samples;
    private boolean stopWanted;

    RelaxedWorker(ExchangeConfig config, TransportNode node, NanoClock clock) {
        super(config, node, clock);
        subtrees = contributions.nodesOf(config.worker()).length;
        parameters = NativeFloats.allocate(config.layout().length());
        List<AutoCloseable> resources = new ArrayList<>(List.of(parameters));
        try {
            for (ChunkedRange range : config.ranges()) {
                toShards.add(links.relaxedLink(range, parameters, dropped, resources));
            }
        } catch (RuntimeException | Error e) {
            CloseHelper.quietCloseAll(resources);
            throw e;
        }
    }

    @Override
    LinkProbe probe() {
        return new LinkProbe(
                config,
                new HostedShard[0],
                toShards.stream().map(RelaxedLink::sender).toArray(GradientSender[]::new),
                toShards.stream().map(RelaxedLink::receiver).toArray(ParameterReceiver[]::new),
                parameters,
                links.plan().frameLength());
    }

    @Override
    public void synchronize(long nextStep) {
        read(nextStep - 1, FrameHeader.BARRIER);
    }

    @Override
    public void beginPass(long newEndStep) {
        endStep = newEndStep;
    }

    @Override
    public NativeFloats parameters() {
        return parameters;
    }

    @Override
    public void push(long step, int node, NativeFloats gradientSum, int count, float rate, boolean lastStep) {
        if (pushed == 0) {
            sum = gradientSum;
            samples = 0;
        } else {
            kernels.add(sum.address(), gradientSum.address(), sum.length());
        }
        samples += count;
        stopWanted = lastStep;
        if (++pushed == subtrees) {
            pushed = 0;
            send(step, rate);
        }
    }

    private void send(long step, float learningRate) {
        wait.start(config.stepTimeoutNs());
        for (RelaxedLink link : toShards) {
            link.sender().begin(sum, null, step, config.worker(), samples, learningRate, stopWanted);
            link.sender().release(0);
        }
        while (true) {
            int moved = 0;
            boolean sent = true;
            for (int i = 0; i < toShards.size(); i++) {
                moved += toShards.get(i).sender().sendNext();
                sent &= toShards.get(i).sender().isDone();
            }
            if (sent) {
                return;
            }
            FaultPoint.PUSH.reached(step);
            await(moved, step, "takes no gradients", config.stepTimeoutNs());
        }
    }

    @Override
    public boolean pull(long step) {
        FaultPoint.PULL.reached(step);
        read(step, stopWanted ? FrameHeader.LAST_STEP : 0);
        AeronParameterReceiver first = toShards.get(0).receiver();
        boolean last = first.isLastStep(step);
        // What the others say does not count: whom all follow, all end after the same step.
        next = Math.min(step + first.lead(), endStep);
        if (last || next == endStep) {
            read(next - 1, FrameHeader.BARRIER);
        }
        return last;
    }

    @Override
    public long nextStep(long step) {
        return next;
    }

    /** Asks all shards for parameters after {@code step}, and waits until they are here. */
    private void read(long step, int flags) {
        // At the end of a pass the slowest worker may take any time: as long as it does steps, which the coordinator
        // watches.
        long timeoutNs = flags == FrameHeader.BARRIER ? Long.MAX_VALUE / 2 : config.stepTimeoutNs();
        wait.start(timeoutNs);
        for (RelaxedLink link : toShards) {
            link.receiver().skipTo(step);
            while (!link.tryRead(config.worker(), step, flags)) {
                await(0, step, "takes no request", timeoutNs);
            }
        }
        while (!isDone(step)) {
            int work = 0;
            for (int i = 0; i < toShards.size(); i++) {
                AeronParameterReceiver receiver = toShards.get(i).receiver();
                work += receiver.isDone(step) ? 0 : receiver.poll();
            }
            await(work, step, "gives no parameters (in mode ssp, a worker may be too slow)", timeoutNs);
        }
    }

    private boolean isDone(long step) {
        for (int i = 0; i < toShards.size(); i++) {
            if (!toShards.get(i).receiver().isDone(step)) {
                return false;
            }
        }
        return true;
    }

    private void await(int work, long step, String problem, long timeoutNs) {
        if (wait.isExpired()) {
            throw CoveyException.failure("step " + step + ": " + missing(step) + " " + problem + ", not within "
                    + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms (cluster.step_timeout)");
        }
        wait.idle(work);
    }

    private String missing(long step) {
        for (RelaxedLink link : toShards) {
            if (!link.sender().isDone() || !link.receiver().isDone(step)) {
                Member host = config.topology()
                        .members()
                        .get(config.topology().shardHosts().get(link.receiver().shard()));
                return "server shard " + link.receiver().shard() + " on " + host;
            }
        }
        return "a server shard";
    }

    @Override
    public List<HostedShard> hostedShards() {
        return List.of();
    }

    @Override
    public void disconnect() {
        CloseHelper.closeAll(toShards);
    }

    @Override
    public void close() {
        disconnect();
        parameters.close();
    }
}
