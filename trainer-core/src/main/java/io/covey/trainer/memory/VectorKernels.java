package io.covey.trainer.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Element-wise float32 arithmetic on raw native addresses, at memory speed.
 *
 * <p>Every result element depends only on the same elements of the operands and is rounded after each operation as IEEE 754
 * says (never fused into a multiply-add), so that a range may be cut anywhere and the bits stay the same. Instances hold
 * scratch pointers: one per thread.
 */
public final class VectorKernels {
    static {
        openblas.blas_set_num_threads(1);
    }

    /** BLAS takes lengths as int. */
    private static final int COPY_PIECE = 1 << 30;

    private final Address x = new Address();
    private final Address y = new Address();

    /** {@code target[i] += source[i]} for {@code length} floats. */
    public void add(long targetAddress, long sourceAddress, int length) {
        // alpha = 1 makes the product exact, so a fused and an unfused kernel round alike.
        openblas.cblas_saxpy(length, 1f, x.at(sourceAddress), 1, y.at(targetAddress), 1);
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
            int piece = (int) Math.min(length - done, COPY_PIECE);
            long offset = done * Float.BYTES;
            openblas.cblas_scopy(piece, x.at(sourceAddress + offset), 1, y.at(targetAddress + offset), 1);
            done += piece;
        }
    }

    /** A pointer that can be aimed at any address without an allocation. */
    private static final class Address extends FloatPointer {
        Address() {
            super((Pointer) null);
        }

        Address at(long newAddress) {
            this.address = newAddress;
            return this;
        }
    }
}
