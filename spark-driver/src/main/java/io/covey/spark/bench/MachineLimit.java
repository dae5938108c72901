package io.covey.spark.bench;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import org.bytedeco.openblas.global.openblas;

/**
 * What this machine can do at best on one thread, measured now: the yardstick for a benchmark's figures.
 *
 * @param sgemmFlops float32 operations per second of a 1024 x 1024 matrix product
 * @param bandwidthBytes bytes read and written per second by {@code y += x} on vectors that exceed the caches
 */
record MachineLimit(double sgemmFlops, double bandwidthBytes) {
    private static final int SIDE = 1024;
    private static final int VECTOR_FLOATS = 32 << 20;
    private static final int REPETITIONS = 5;

    static MachineLimit measure() {
        openblas.blas_set_num_threads(1);
        return new MachineLimit(sgemm(), bandwidth());
    }

    private static double sgemm() {
        try (NativeFloats a = NativeFloats.allocate((long) SIDE * SIDE);
                NativeFloats b = NativeFloats.allocate((long) SIDE * SIDE);
                NativeFloats c = NativeFloats.allocate((long) SIDE * SIDE)) {
            double best = bestSeconds(() -> openblas.cblas_sgemm(
                    openblas.CblasRowMajor,
                    openblas.CblasNoTrans,
                    openblas.CblasNoTrans,
                    SIDE,
                    SIDE,
                    SIDE,
                    1f,
                    a.pointer(),
                    SIDE,
                    b.pointer(),
                    SIDE,
                    0f,
                    c.pointer(),
                    SIDE));
            return 2.0 * SIDE * SIDE * SIDE / best;
        }
    }

    private static double bandwidth() {
        VectorKernels kernels = new VectorKernels();
        try (NativeFloats x = NativeFloats.allocate(VECTOR_FLOATS);
                NativeFloats y = NativeFloats.allocate(VECTOR_FLOATS)) {
            double best = bestSeconds(() -> kernels.add(y.address(), x.address(), VECTOR_FLOATS));
            return 3.0 * Float.BYTES * VECTOR_FLOATS / best;
        }
    }

    /** Seconds of the fastest of some calls of {@code work}, after one unmeasured. */
    static double bestSeconds(Runnable work) {
        work.run();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < REPETITIONS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        return best;
    }
}
