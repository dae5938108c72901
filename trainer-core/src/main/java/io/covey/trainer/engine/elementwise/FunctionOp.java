package io.covey.trainer.engine.elementwise;

import io.covey.trainer.activations.ElementwiseFunction;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;

/** A function of one number on tensors in C order. */
final class FunctionOp implements Op {
    private static final int BLOCK_FLOATS = 1024;

    private final ElementwiseFunction function;
    private final int size;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] block = new float[BLOCK_FLOATS];
    private final float[] gradientBlock = new float[BLOCK_FLOATS];

    FunctionOp(ElementwiseFunction function, Signal in, Signal out) {
        this.function = function;
        size = in.value().size();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
    }

    @Override
    public void forward() {
        for (int done = 0; done < size; done += BLOCK_FLOATS) {
            int n = Math.min(BLOCK_FLOATS, size - done);
            input.get(done, block, 0, n);
            for (int i = 0; i < n; i++) {
                block[i] = function.value(block[i]);
            }
            output.put(done, block, 0, n);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int done = 0; done < size; done += BLOCK_FLOATS) {
            int n = Math.min(BLOCK_FLOATS, size - done);
            input.get(done, block, 0, n);
            outputGradient.get(done, gradientBlock, 0, n);
            for (int i = 0; i < n; i++) {
                gradientBlock[i] *= function.derivative(block[i]);
            }
            inputGradient.put(done, gradientBlock, 0, n);
        }
    }
}
