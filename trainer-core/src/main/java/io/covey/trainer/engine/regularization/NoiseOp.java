package io.covey.trainer.engine.regularization;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.RunKey;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.random.CounterRandom;
import java.nio.FloatBuffer;

/** Disturbs the numbers of a tensor in C order; numbers of one place in the mask get the same noise. */
final class NoiseOp implements Op {
    private final Noise noise;
    private final RunKey runKey;
    private final long randomStream;
    private final long seed;
    private final int rows;
    private final int maskSize;
    private final boolean sharesRows;
    private final int[] places;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] block;

    /**
     * An operation.
     *
     * @param randomStream a key of the random numbers, of one call of a layer
     * @param seed another key
     * @param places place in the mask of each number of a sample
     * @param sharesRows whether all samples have one mask
     */
    NoiseOp(
            Noise noise,
            RunKey runKey,
            long randomStream,
            long seed,
            int[] places,
            boolean sharesRows,
            Signal in,
            Signal out) {
        this.noise = noise;
        this.runKey = runKey;
        this.randomStream = randomStream;
        this.seed = seed;
        this.places = places;
        this.sharesRows = sharesRows;
        rows = in.value().rows();
        int largest = 0;
        for (int place : places) {
            largest = Math.max(largest, place);
        }
        maskSize = largest + 1;
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        block = new float[places.length];
    }

    private long key() {
        return CounterRandom.key(runKey.of(randomStream), seed, 0, 0);
    }

    @Override
    public void forward() {
        long key = key();
        for (int row = 0; row < rows; row++) {
            input.get(row * block.length, block);
            long first = first(row);
            for (int i = 0; i < block.length; i++) {
                long index = first + places[i];
                float factor = noise.factor(key, index);
                // What is dropped counts nothing, even if it is not a number.
                block[i] = (factor == 0f ? 0f : block[i] * factor) + noise.addend(key, index);
            }
            output.put(row * block.length, block);
        }
    }

    private long first(int row) {
        return sharesRows ? 0 : (long) row * maskSize;
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        long key = key();
        for (int row = 0; row < rows; row++) {
            outputGradient.get(row * block.length, block);
            long first = first(row);
            for (int i = 0; i < block.length; i++) {
                block[i] *= noise.factor(key, first + places[i]);
            }
            inputGradient.put(row * block.length, block);
        }
    }
}
