package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.FloatBuffer;

/** Brings a variable's gradient that was finished on the heap to its place in the gradient vector. */
public final class HeapGradient {
    private final ParameterUse use;
    private final NativeFloats finished;
    private final FloatBuffer buffer;
    private final VectorKernels kernels = new VectorKernels();

    public HeapGradient(OnednnScope scope, ParameterUse use) {
        this.use = use;
        finished = scope.floats(use.parameter().spec().size());
        buffer = finished.buffer();
    }

    /**
     * Writes or adds a gradient; a frozen variable has none.
     *
     * @param gradient as long as the variable
     * @param gradientAddress as in {@link Op#backward}
     * @param accumulate as in {@link Op#backward}
     */
    public void write(float[] gradient, long gradientAddress, boolean accumulate) {
        if (!use.isTrainable()) {
            return;
        }
        buffer.put(0, gradient);
        long target = use.gradientAddress(gradientAddress);
        if (use.accumulates(accumulate)) {
            kernels.add(target, finished.address(), finished.length());
        } else {
            kernels.copy(target, finished.address(), finished.length());
        }
    }
}
