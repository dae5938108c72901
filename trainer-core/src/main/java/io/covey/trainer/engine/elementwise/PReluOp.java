package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** {@code x} above 0, {@code alpha * x} below, alpha being broadcast over samples and shared axes. Tensors in C order. */
final class PReluOp implements Op {
    private final ParameterUse alpha;
    private final int rows;
    private final int[] places;
    private final NativeFloats finished;
    private final FloatBuffer finishedBuffer;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] alphas;
    private final float[] alphaGradient;
    private final float[] x;
    private final float[] g;
    private final VectorKernels kernels = new VectorKernels();

    /**
     * An operation.
     *
     * @param places alpha's index for each number of a sample
     * @param finished as long as alpha
     */
    PReluOp(ParameterUse alpha, int[] places, NativeFloats finished, Signal in, Signal out) {
        this.alpha = alpha;
        this.places = places;
        this.finished = finished;
        finishedBuffer = finished.buffer();
        rows = in.value().rows();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        inputGradient = in.gradient() == null ? null : in.gradient().values().buffer();
        outputGradient = out.gradient() == null ? null : out.gradient().values().buffer();
        alphas = new float[(int) finished.length()];
        alphaGradient = new float[alphas.length];
        x = new float[places.length];
        g = new float[places.length];
    }

    @Override
    public void forward() {
        readAlphas();
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            for (int i = 0; i < x.length; i++) {
                x[i] = x[i] > 0 ? x[i] : alphas[places[i]] * x[i];
            }
            output.put(row * x.length, x);
        }
    }

    private void readAlphas() {
        NativeAddress values = alpha.parameter().values();
        for (int i = 0; i < alphas.length; i++) {
            alphas[i] = values.get(i);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outputGradient == null) {
            return;
        }
        Arrays.fill(alphaGradient, 0f);
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            outputGradient.get(row * x.length, g);
            for (int i = 0; i < x.length; i++) {
                if (x[i] <= 0) {
                    alphaGradient[places[i]] += g[i] * x[i];
                    g[i] *= x[i] < 0 ? alphas[places[i]] : 0f;
                }
            }
            if (inputGradient != null) {
                inputGradient.put(row * x.length, g);
            }
        }
        if (alpha.isTrainable()) {
            finishedBuffer.put(0, alphaGradient);
            long target = alpha.gradientAddress(gradientAddress);
            if (alpha.accumulates(accumulate)) {
                kernels.add(target, finished.address(), finished.length());
            } else {
                kernels.copy(target, finished.address(), finished.length());
            }
        }
    }
}
