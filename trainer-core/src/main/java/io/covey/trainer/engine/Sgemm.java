package io.covey.trainer.engine;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/** oneDNN's matrix product on row-major matrices: the kernel of its inner product, with less overhead per call. */
public final class Sgemm {
    private Sgemm() {}

    /** {@code c = a^T @ b + beta * c}, a being (k, m), b (k, n), c (m, n). */
    public static void transposedTimes(
            int m, int n, int k, FloatPointer a, FloatPointer b, float beta, FloatPointer c) {
        check(dnnl.dnnl_sgemm((byte) 'T', (byte) 'N', m, n, k, 1f, a, m, b, n, beta, c, n));
    }

    /** {@code c = a @ b^T}, a being (m, k), b (n, k), c (m, n). */
    public static void timesTransposed(int m, int n, int k, FloatPointer a, FloatPointer b, FloatPointer c) {
        check(dnnl.dnnl_sgemm((byte) 'N', (byte) 'T', m, n, k, 1f, a, k, b, k, 0f, c, n));
    }

    /** {@code c = a @ b + beta * c}, a being (m, k), b (k, n), c (m, n), each with its own distance between rows. */
    public static void times(
            int m,
            int n,
            int k,
            FloatPointer a,
            int aStride,
            FloatPointer b,
            int bStride,
            float beta,
            FloatPointer c,
            int cStride) {
        check(dnnl.dnnl_sgemm((byte) 'N', (byte) 'N', m, n, k, 1f, a, aStride, b, bStride, beta, c, cStride));
    }

    /** {@code c = a @ b^T + beta * c}, a being (m, k), b (n, k), c (m, n), each with its own distance between rows. */
    public static void timesTransposed(
            int m,
            int n,
            int k,
            FloatPointer a,
            int aStride,
            FloatPointer b,
            int bStride,
            float beta,
            FloatPointer c,
            int cStride) {
        check(dnnl.dnnl_sgemm((byte) 'N', (byte) 'T', m, n, k, 1f, a, aStride, b, bStride, beta, c, cStride));
    }

    /** {@code c = a^T @ b}, a being (k, m), b (k, n), c (m, n), each with its own distance between rows. */
    public static void transposedTimes(
            int m,
            int n,
            int k,
            FloatPointer a,
            int aStride,
            FloatPointer b,
            int bStride,
            FloatPointer c,
            int cStride) {
        check(dnnl.dnnl_sgemm((byte) 'T', (byte) 'N', m, n, k, 1f, a, aStride, b, bStride, 0f, c, cStride));
    }

    private static void check(int status) {
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "sgemm");
        }
    }
}
