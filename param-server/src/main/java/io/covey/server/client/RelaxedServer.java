package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.exchange.SharedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.RelaxedShard;
import io.covey.server.transport.TransportNode;
import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/** The end of a dedicated server in {@link ExchangeMode.Relaxed} modes: a pass is over when all workers have ended it. */
final class RelaxedServer extends RelaxedExchange {
    private final SharedFloats parameters;
    private final List<RelaxedShard> shards = new ArrayList<>();
    private long endStep;

    RelaxedServer(ExchangeConfig config, TransportNode node, NanoClock clock) {
        super(config, node, clock);
        parameters = new SharedFloats(NativeFloats.allocate(config.layout().length()));
        List<AutoCloseable> made = new ArrayList<>(List.of(parameters::release));
        try {
            for (ChunkedRange range : config.ranges()) {
                if (config.hosts(range)) {
                    shards.add(links.relaxedShard(range, parameters, dropped, made));
                }
            }
        } catch (RuntimeException | Error e) {
            CloseHelper.quietCloseAll(made);
            throw e;
        }
    }

    @Override
    LinkProbe probe() {
        return new LinkProbe(
                config,
                shards.toArray(HostedShard[]::new),
                new GradientSender[0],
                new ParameterReceiver[0],
                parameters.floats(),
                links.plan().frameLength());
    }

    @Override
    public void synchronize(long nextStep) {
        shards.forEach(shard -> shard.open(nextStep));
        awaitPassEnd(nextStep - 1);
        endStep = nextStep;
    }

    @Override
    public void beginPass(long newEndStep) {
        // The workers end it.
    }

    private int serve() {
        int work = 0;
        for (int i = 0; i < shards.size(); i++) {
            work += shards.get(i).doWork();
        }
        return work;
    }

    /** Its own shards' ranges are filled, the others are not. */
    @Override
    public NativeFloats parameters() {
        return parameters.floats();
    }

    @Override
    public void push(long step, int node, NativeFloats gradientSum, int samples, float rate, boolean lastStep) {
        throw new IllegalStateException("a dedicated server has no gradients");
    }

    /** Serves until all workers have ended the pass; {@link #nextStep} is the step that they have come to. */
    @Override
    public boolean pull(long step) {
        awaitPassEnd(step);
        endStep = shards.get(0).passEnd();
        return true;
    }

    @Override
    public long nextStep(long step) {
        return endStep;
    }

    /** The workers have deadlines; the coordinator has one for all of them together. */
    private void awaitPassEnd(long step) {
        wait.start(Long.MAX_VALUE / 2);
        while (!isPassEnded(step)) {
            wait.idle(serve());
        }
    }

    private boolean isPassEnded(long step) {
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i).passEnd() <= step) {
                return false;
            }
        }
        return true;
    }

    /** {@inheritDoc} Other shards would say much the same of their chunks. */
    @Override
    public SortedMap<Integer, Long> takeDropped() {
        SortedMap<Integer, Long> late = new TreeMap<>();
        RelaxedShard shard = shards.get(0);
        if (shard.range().shard() == 0 && config.mode() instanceof ExchangeMode.BackupWorkers) {
            for (int rank = 0; rank < config.topology().trainers(); rank++) {
                late.put(config.topology().members().get(rank).worker(), shard.takeDropped(rank));
            }
        }
        return late;
    }

    @Override
    public List<HostedShard> hostedShards() {
        return List.copyOf(shards);
    }

    @Override
    public void disconnect() {
        shards.forEach(RelaxedShard::disconnect);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(shards);
        parameters.release();
    }
}
