package io.covey.trainer.engine.shape;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Each output number is a weighted sum of input numbers of the same sample, by fixed indices; a negative index stands for a
 * 0. Tensors in C order.
 */
final class GatherOp implements Op {
    private final int rows;
    private final int[][] sources;
    private final float[][] weights;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] x;
    private final float[] y;

    /**
     * An operation.
     *
     * @param sources terms of the sums, each with an input index for every output number
     * @param weights of each term for every output number; null for a single term of weight 1
     */
    GatherOp(int[][] sources, float[][] weights, Signal in, Signal out) {
        this.sources = sources;
        this.weights = weights;
        rows = in.value().rows();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        x = new float[in.value().size() / rows];
        y = new float[out.value().size() / rows];
    }

    @Override
    public void forward() {
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            Arrays.fill(y, 0f);
            for (int term = 0; term < sources.length; term++) {
                int[] from = sources[term];
                for (int i = 0; i < y.length; i++) {
                    if (from[i] >= 0) {
                        y[i] += weights == null ? x[from[i]] : weights[term][i] * x[from[i]];
                    }
                }
            }
            output.put(row * y.length, y);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            outputGradient.get(row * y.length, y);
            Arrays.fill(x, 0f);
            for (int term = 0; term < sources.length; term++) {
                int[] from = sources[term];
                for (int i = 0; i < y.length; i++) {
                    if (from[i] >= 0) {
                        x[from[i]] += weights == null ? y[i] : weights[term][i] * y[i];
                    }
                }
            }
            inputGradient.put(row * x.length, x);
        }
    }
}
