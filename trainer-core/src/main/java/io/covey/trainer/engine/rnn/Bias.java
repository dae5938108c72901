package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.dense.WeightGradient;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.FloatBuffer;

/** A bias variable, or one of its rows, on the heap where a step adds it to the gates. */
final class Bias {
    private final ParameterUse use;
    private final long offsetBytes;
    private final NativeFloats copy;
    private final FloatBuffer copyBuffer;
    private final float[] values;
    private final VectorKernels kernels = new VectorKernels();
    private final WeightGradient gradient;

    /**
     * A row of a bias.
     *
     * @param row 0 where the bias is a vector
     * @param gates gradient of what it is added to, (positions, width); null if there is none
     */
    Bias(OnednnScope scope, ParameterUse use, int row, int width, NativeFloats gates, int positions) {
        this.use = use;
        this.offsetBytes = (long) row * width * Float.BYTES;
        copy = scope.floats(width);
        copyBuffer = copy.buffer();
        values = new float[width];
        gradient = gates == null || !use.isTrainable()
                ? null
                : new WeightGradient(
                        scope, 1, width, positions, scope.ones(positions).pointer(), gates.pointer());
    }

    /** Reads the values of a run. */
    void load() {
        kernels.copy(copy.address(), use.parameter().values().address() + offsetBytes, copy.length());
        copyBuffer.get(0, values);
    }

    /** Adds the values from {@code column} on to {@code length} numbers. */
    void addTo(float[] target, int from, int column, int length) {
        for (int i = 0; i < length; i++) {
            target[from + i] += values[column + i];
        }
    }

    void gradient(long vectorAddress, boolean accumulate) {
        if (gradient != null) {
            gradient.run(use.gradientAddress(vectorAddress) + offsetBytes, use.accumulates(accumulate));
        }
    }
}
