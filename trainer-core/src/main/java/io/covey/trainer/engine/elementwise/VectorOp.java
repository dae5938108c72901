package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;

/** A function of each vector along the last axis, in Java, on tensors in C order. */
abstract class VectorOp implements Op {
    private final int vectors;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] x;
    private final float[] y;
    private final float[] dx;
    private final float[] dy;

    VectorOp(Signal in, Signal out) {
        vectors = in.value().positions();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        x = new float[in.value().width()];
        y = new float[out.value().width()];
        dx = new float[x.length];
        dy = new float[y.length];
    }

    /** Computes {@code y} from {@code x}. */
    abstract void value(float[] x, float[] y);

    /** Computes the gradient {@code dx} of {@code x} from the gradient {@code dy} of {@code y}. */
    abstract void gradient(float[] x, float[] y, float[] dy, float[] dx);

    @Override
    public final void forward() {
        for (int v = 0; v < vectors; v++) {
            input.get(v * x.length, x);
            value(x, y);
            output.put(v * y.length, y);
        }
    }

    @Override
    public final void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int v = 0; v < vectors; v++) {
            input.get(v * x.length, x);
            output.get(v * y.length, y);
            outputGradient.get(v * y.length, dy);
            gradient(x, y, dy, dx);
            inputGradient.put(v * x.length, dx);
        }
    }
}
