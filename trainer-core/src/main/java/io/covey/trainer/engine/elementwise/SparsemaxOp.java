package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The projection of each vector of the last axis on the probability simplex (Martins and Astudillo: From softmax to
 * sparsemax, ICML 2016, algorithm 1). Tensors in C order.
 */
final class SparsemaxOp implements Op {
    private final int vectors;
    private final int width;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] vector;
    private final float[] sorted;
    private final float[] gradient;

    SparsemaxOp(Signal in, Signal out) {
        vectors = in.value().positions();
        width = in.value().width();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        vector = new float[width];
        sorted = new float[width];
        gradient = new float[width];
    }

    @Override
    public void forward() {
        for (int v = 0; v < vectors; v++) {
            input.get(v * width, vector);
            System.arraycopy(vector, 0, sorted, 0, width);
            Arrays.sort(sorted);
            double sum = 0;
            double threshold = 0;
            for (int k = 1; k <= width; k++) {
                double z = sorted[width - k];
                sum += z;
                if (1 + k * z > sum) {
                    threshold = (sum - 1) / k;
                }
            }
            for (int i = 0; i < width; i++) {
                vector[i] = (float) Math.max(vector[i] - threshold, 0);
            }
            output.put(v * width, vector);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int v = 0; v < vectors; v++) {
            output.get(v * width, vector);
            outputGradient.get(v * width, gradient);
            double sum = 0;
            int support = 0;
            for (int i = 0; i < width; i++) {
                if (vector[i] > 0) {
                    sum += gradient[i];
                    support++;
                }
            }
            for (int i = 0; i < width; i++) {
                gradient[i] = vector[i] > 0 ? (float) (gradient[i] - sum / support) : 0f;
            }
            inputGradient.put(v * width, gradient);
        }
    }
}
