package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.RunKey;
import io.covey.trainer.random.CounterRandom;

/** Factors 0 and {@code 1 / (1 - rate)}, drawn once per run and the same in all time steps; one set per group of gates. */
final class DropoutMask {
    private final RunKey runKey;
    private final long randomStream;
    private final long stream;
    private final float rate;
    private final float[][] factors;

    /**
     * A mask.
     *
     * @param stream number of the first of its random numbers
     * @param groups sets of factors
     * @param size factors in a set
     */
    DropoutMask(Lowering call, double rate, long stream, int groups, int size) {
        this.runKey = call.runKey();
        this.randomStream = call.randomStream();
        this.rate = (float) rate;
        this.stream = stream;
        this.factors = new float[groups][size];
    }

    int groups() {
        return factors.length;
    }

    void draw() {
        long key = runKey.of(randomStream);
        float kept = 1f / (1f - rate);
        for (int group = 0; group < factors.length; group++) {
            float[] set = factors[group];
            for (int i = 0; i < set.length; i++) {
                float uniform = CounterRandom.uniform(key, stream + (long) group * set.length + i);
                set[i] = uniform >= rate ? kept : 0f;
            }
        }
    }

    /** {@code values[i] *= factor[i]}. */
    void apply(int group, float[] values) {
        float[] set = factors[group];
        for (int i = 0; i < set.length; i++) {
            values[i] *= set[i];
        }
    }
}
