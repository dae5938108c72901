package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Signal;

/** Gated linear units: the first half of the last axis times the sigmoid of the second. */
final class GluOp extends VectorOp {
    GluOp(Signal in, Signal out) {
        super(in, out);
    }

    @Override
    void value(float[] x, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) (x[i] * sigmoid(x[y.length + i]));
        }
    }

    @Override
    void gradient(float[] x, float[] y, float[] dy, float[] dx) {
        for (int i = 0; i < y.length; i++) {
            double gate = sigmoid(x[y.length + i]);
            dx[i] = (float) (dy[i] * gate);
            dx[y.length + i] = (float) (dy[i] * x[i] * gate * (1 - gate));
        }
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
