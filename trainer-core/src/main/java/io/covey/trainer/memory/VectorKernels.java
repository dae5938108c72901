package io.covey.trainer.memory;

import org.bytedeco.openblas.global.openblas;

/**
 * Element-wise float32 arithmetic on raw native addresses, at memory speed.
 *
 * <p>Every result element depends only on the same elements of the operands and is rounded after each operation as IEEE 754
 * says (never fused into a multiply-add), so that a range may be cut anywhere and the bits stay the same. Instances hold
 * scratch pointers: one per thread.
 */
public final class VectorKernels {
    /** BLAS counts in ints. */
    private static final int MAX_CALL = 1 << 30;

    private final NativeAddress x;
    private final NativeAddress y;

    /** Kernels for one thread. */
    public VectorKernels() {
        NativeLibraries.loadBlas();
        x = new NativeAddress();
        y = new NativeAddress();
    }

    /** {@code target[i] += source[i]} for {@code length} floats. */
    public void add(long targetAddress, long sourceAddress, long length) {
        for (long done = 0; done < length; done += MAX_CALL) {
            long bytes = done * Float.BYTES;
            int part = (int) Math.min(MAX_CALL, length - done);
            // alpha = 1 makes the product exact, so a fused and an unfused kernel round alike.
            openblas.cblas_saxpy(part, 1f, x.at(sourceAddress + bytes), 1, y.at(targetAddress + bytes), 1);
        }
    }

    /** {@code target[i] *= factor} for {@code length} floats. */
    public void scale(long targetAddress, float factor, int length) {
        openblas.cblas_sscal(length, factor, y.at(targetAddress), 1);
    }

    /** Copies {@code length} floats; the ranges must not overlap. */
    public void copy(long targetAddress, long sourceAddress, long length) {
        // JavaCPP's memcpy is as fast, but makes an object per call.
        long done = 0;
        while (done < length) {
            int piece = (int) Math.min(length - done, MAX_CALL);
            long offset = done * Float.BYTES;
            openblas.cblas_scopy(piece, x.at(sourceAddress + offset), 1, y.at(targetAddress + offset), 1);
            done += piece;
        }
    }
}
