package io.covey.trainer.engine;

import io.covey.trainer.random.CounterRandom;

/**
 * What the random numbers of a run depend on: the job's seed, the step and the virtual shard, so that they are the same
 * wherever the micro-batch is computed. Set before each run in training.
 */
public final class RunKey {
    private long seed;
    private long step;
    private long shard;

    void set(long newSeed, long newStep, long newShard) {
        seed = newSeed;
        step = newStep;
        shard = newShard;
    }

    /** The key of a layer's random numbers in this run, for {@link CounterRandom#uniform(long, long)}. */
    public long of(long randomStream) {
        return CounterRandom.key(seed, step, shard, randomStream);
    }
}
