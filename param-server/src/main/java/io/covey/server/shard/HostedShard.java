package io.covey.server.shard;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import java.util.List;
import java.util.Set;

/** A server shard of this process: a range of the parameters and the optimizer slots for it. */
public sealed interface HostedShard permits ShardServer, RelaxedShard {
    /** The part of the flat vector that this shard owns. */
    ShardRange range();

    /** The authoritative parameters of {@link #range}; write initial values here before the first synchronize. */
    NativeFloats parameters();

    /** The optimizer's slots for {@link #range}, in the order of {@link io.covey.trainer.optimizer.Optimizer#slots}. */
    List<NativeFloats> slots();

    /** The next step to apply: all before it are in {@link #parameters}. */
    long step();

    /** Takes what has arrived and publishes what is ready; returns the amount of work done. */
    int doWork();

    /** Sends a frame as long as any to all workers, once all receive; whether that is done. */
    boolean probe();

    /** Ranks of the members that have not yet said that they receive the shard's parameters. */
    Set<Integer> notReady();
}
