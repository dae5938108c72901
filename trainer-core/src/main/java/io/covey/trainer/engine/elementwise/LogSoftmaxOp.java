package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Signal;

/** The logarithm of the softmax over the last axis; oneDNN's is off by several units in the last place. */
final class LogSoftmaxOp extends VectorOp {
    LogSoftmaxOp(Signal in, Signal out) {
        super(in, out);
    }

    @Override
    void value(float[] x, float[] y) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float each : x) {
            largest = Math.max(largest, each);
        }
        double sum = 0;
        for (float each : x) {
            sum += Math.exp(each - largest);
        }
        double log = Math.log(sum);
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) (x[i] - largest - log);
        }
    }

    @Override
    void gradient(float[] x, float[] y, float[] dy, float[] dx) {
        double sum = 0;
        for (float each : dy) {
            sum += each;
        }
        for (int i = 0; i < dx.length; i++) {
            dx[i] = (float) (dy[i] - Math.exp(y[i]) * sum);
        }
    }
}
