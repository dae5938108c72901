package io.covey.trainer.engine.attention;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.Tensor;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** Matrices of (samples, heads) that lie in a tensor in C order. */
final class Matrices {
    private final long[] dims;
    private final long[] strides;

    /**
     * Where they lie.
     *
     * @param dims samples, heads, rows, columns
     * @param strides distance of neighbours along each, in numbers
     */
    private Matrices(long[] dims, long[] strides) {
        this.dims = dims;
        this.strides = strides;
        if (dims[2] == 1 && strides[3] == 1) {
            // The distance of a single row to the next is never used, but oneDNN 3.11 multiplies wrongly where it is
            // that of columns.
            strides[2] = dims[3];
        }
    }

    /** Each head's columns of a tensor (samples, steps, heads * width). */
    static Matrices ofHeads(Tensor tensor, int heads) {
        int[] shape = tensor.shape();
        long width = shape[2] / heads;
        return new Matrices(
                new long[] {shape[0], heads, shape[1], width},
                new long[] {(long) shape[1] * shape[2], width, shape[2], 1});
    }

    /** A tensor (samples, heads, rows, columns). */
    static Matrices of(Tensor tensor) {
        int[] shape = tensor.shape();
        long matrix = (long) shape[2] * shape[3];
        return new Matrices(
                new long[] {shape[0], shape[1], shape[2], shape[3]},
                new long[] {shape[1] * matrix, matrix, shape[3], 1});
    }

    Matrices transposed() {
        return new Matrices(
                new long[] {dims[0], dims[1], dims[3], dims[2]},
                new long[] {strides[0], strides[1], strides[3], strides[2]});
    }

    dnnl_memory_desc desc(OnednnScope scope) {
        return scope.strided(dims, strides);
    }

    dnnl_memory memory(OnednnScope scope, Tensor tensor) {
        return scope.memory(desc(scope), tensor.values().pointer());
    }
}
