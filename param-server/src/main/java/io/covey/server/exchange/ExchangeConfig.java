package io.covey.server.exchange;

import io.covey.server.client.ParameterServerClient;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.StreamIds;
import io.covey.server.membership.Topology;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.CoveyException;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.UpdatePlan;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Settings of a {@link ParameterServerClient}; all but {@code worker} are the same on every worker.
 *
 * @param worker number of this worker
 * @param topology who takes part; its leaves are the job's virtual shards
 * @param layout of the flat parameter vector, cut into as many ranges as the topology has server shards
 * @param optimizer run by the shards
 * @param mode how workers keep in step
 * @param wire how gradients and parameters travel
 * @param connectTimeoutNs deadline for all workers to reach each other, {@code cluster.connect_timeout}
 * @param stepTimeoutNs deadline for one push, pull or synchronize, {@code cluster.step_timeout}
 */
public record ExchangeConfig(
        int worker,
        Topology topology,
        ParameterLayout layout,
        Optimizer optimizer,
        ExchangeMode mode,
        WireFormats wire,
        long connectTimeoutNs,
        long stepTimeoutNs) {
    /** Most server shards of a run: each has data streams of its own. */
    public static final int MAX_SHARDS = StreamIds.MAX_SHARDS;

    /** The workers train in step, and all travels as float32. */
    public ExchangeConfig(
            int worker,
            Topology topology,
            ParameterLayout layout,
            Optimizer optimizer,
            long connectTimeoutNs,
            long stepTimeoutNs) {
        this(
                worker,
                topology,
                layout,
                optimizer,
                new ExchangeMode.Sync(),
                WireFormats.FLOAT32,
                connectTimeoutNs,
                stepTimeoutNs);
    }

    /** @throws IllegalArgumentException when numbers do not fit together */
    public ExchangeConfig {
        int workers = topology.members().size();
        if (worker < 0 || worker >= workers) {
            throw new IllegalArgumentException("worker " + worker + " is not among the " + workers + " members");
        }
        if (topology.chunkLength() < 1) {
            throw new IllegalArgumentException("chunk length is " + topology.chunkLength());
        }
        if (topology.shardHosts().size() > MAX_SHARDS) {
            throw new IllegalArgumentException(
                    "servers is " + topology.shardHosts().size() + ", it must be at most " + MAX_SHARDS);
        }
        if (topology.isReplicated() && !mode.allowsReplicas()) {
            throw new IllegalArgumentException("server shards have no replicas in mode " + mode);
        }
        if (mode instanceof ExchangeMode.Relaxed) {
            requireRelaxed(layout, optimizer, mode, topology);
        }
        for (int owner : topology.leafOwners()) {
            if (owner < 0 || owner >= workers) {
                throw new IllegalArgumentException("a virtual shard belongs to worker " + owner + " of " + workers);
            }
        }
    }

    private static void requireRelaxed(
            ParameterLayout layout, Optimizer optimizer, ExchangeMode mode, Topology topology) {
        requireSuited(layout, optimizer, mode);
        for (int host : topology.shardHosts()) {
            if (!topology.members().get(host).dedicated()) {
                throw new IllegalArgumentException("a worker hosts a server shard in mode " + mode);
            }
        }
    }

    /**
     * Refuses optimizers that cannot do in {@code mode} what they promise: those that need the gradients of a whole range at a time
     * where each chunk is updated by itself, and those that keep over steps what the mode forgets.
     *
     * @throws CoveyException a caller's error that says what to change
     */
    public static void requireSuited(ParameterLayout layout, Optimizer optimizer, ExchangeMode mode) {
        if (mode instanceof ExchangeMode.Relaxed && !new UpdatePlan(layout, optimizer).isRangewise()) {
            throw CoveyException.caller("optimizer " + optimizer.name()
                    + ", its clipping or a constraint of the model needs norms over whole variables, which mode " + mode
                    + " does not wait for: use mode sync or local_sgd");
        }
        if (!(mode instanceof ExchangeMode.Sync) && optimizer.options().useEma()) {
            throw CoveyException.caller(
                    "optimizer " + optimizer.name() + " has use_ema, which belongs to mode sync, not to " + mode);
        }
        Integer accumulated = optimizer.options().gradientAccumulationSteps();
        if (mode instanceof ExchangeMode.LocalSgd localSgd
                && accumulated != null
                && localSgd.syncEvery() % accumulated != 0) {
            throw CoveyException.caller(
                    "optimizer " + optimizer.name() + " has gradient_accumulation_steps " + accumulated
                            + ", but sync_every is " + localSgd.syncEvery()
                            + ": with each average the accumulated gradients are forgotten, so that sync_every must be a multiple");
        }
    }

    /** The ranges of all server shards. */
    public List<ChunkedRange> ranges() {
        List<ShardRange> cut =
                new UpdatePlan(layout, optimizer).cut(topology.shardHosts().size());
        return cut.stream()
                .map(range -> new ChunkedRange(range, topology.chunkLength()))
                .toList();
    }

    /** A codec of the shard's gradients for one thread; null where they travel as they are. */
    public ChunkCodec gradientCodec(ChunkedRange range) {
        return wire.encodesGradients() ? codec(wire.gradients(), range) : null;
    }

    /** A codec of the shard's parameters for one thread; null where they travel as they are. */
    public ChunkCodec parameterCodec(ChunkedRange range) {
        return wire.encodesParameters() ? codec(wire.parameters(), range) : null;
    }

    private ChunkCodec codec(WireFormat format, ChunkedRange range) {
        return new ChunkCodec(format, layout, range.range(), topology.chunkLength());
    }

    /** Vectors that a shard sends to its replica besides the parameters that all get: the optimizer's slots, exact parameters. */
    public int replicaVectors() {
        return optimizer.slots().size() + (wire.encodesParameters() ? 1 : 0);
    }

    /** Whether this worker hosts the shard of {@code range}. */
    public boolean hosts(ChunkedRange range) {
        return topology.shardHosts().get(range.range().shard()) == worker;
    }

    /** Numbers of all workers but this one. */
    public int[] otherWorkers() {
        return IntStream.range(0, topology.members().size())
                .filter(w -> w != worker)
                .toArray();
    }
}
