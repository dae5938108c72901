package io.covey.trainer.engine.preprocessing;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.preprocessing.Affine;
import java.nio.FloatBuffer;

/** Scales and shifts the numbers of each sample by constants. Tensors in C order. */
final class AffineOp implements Op {
    private final Affine affine;
    private final int rows;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] block;

    AffineOp(Affine affine, Signal in, Signal out) {
        this.affine = affine;
        rows = in.value().rows();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        block = new float[affine.a().length];
    }

    @Override
    public void forward() {
        float[] a = affine.a();
        float[] b = affine.b();
        for (int row = 0; row < rows; row++) {
            input.get(row * block.length, block);
            for (int i = 0; i < block.length; i++) {
                block[i] = affine.divides() ? (block[i] - b[i]) / a[i] : block[i] * a[i] + b[i];
            }
            output.put(row * block.length, block);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        float[] a = affine.a();
        for (int row = 0; row < rows; row++) {
            outputGradient.get(row * block.length, block);
            for (int i = 0; i < block.length; i++) {
                block[i] = affine.divides() ? block[i] / a[i] : block[i] * a[i];
            }
            inputGradient.put(row * block.length, block);
        }
    }
}
