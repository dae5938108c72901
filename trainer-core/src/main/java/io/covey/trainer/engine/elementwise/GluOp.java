package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;

/** Gated linear units on the last axis: the first half times the sigmoid of the second. Tensors in C order. */
final class GluOp implements Op {
    private final int vectors;
    private final int half;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] x;
    private final float[] y;

    GluOp(Signal in, Signal out) {
        vectors = in.value().positions();
        half = in.value().width() / 2;
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        x = new float[2 * half];
        y = new float[half];
    }

    @Override
    public void forward() {
        for (int v = 0; v < vectors; v++) {
            input.get(v * 2 * half, x);
            for (int i = 0; i < half; i++) {
                y[i] = (float) (x[i] * sigmoid(x[half + i]));
            }
            output.put(v * half, y);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int v = 0; v < vectors; v++) {
            input.get(v * 2 * half, x);
            outputGradient.get(v * half, y);
            for (int i = 0; i < half; i++) {
                double gate = sigmoid(x[half + i]);
                double value = x[i];
                x[i] = (float) (y[i] * gate);
                x[half + i] = (float) (y[i] * value * gate * (1 - gate));
            }
            inputGradient.put(v * 2 * half, x);
        }
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
