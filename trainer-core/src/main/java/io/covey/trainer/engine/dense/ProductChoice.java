package io.covey.trainer.engine.dense;

import io.covey.trainer.memory.NativeLibraries;

/**
 * Which of oneDNN's forms of a Dense layer's products is the fastest: a function of the shapes and of whether the processor
 * has AVX-512, so that equal processors compute equal bits.
 *
 * <p>Without AVX-512 oneDNN's sgemm and the inner product, which calls it, leave operands of narrow products where they are. Down a
 * column of a matrix whose rows are a power of two long all numbers share a few sets of the caches then, and the rate drops to a
 * half; the matmul packs them. Measured on Zen 3, see the module's README.
 */
final class ProductChoice {
    /** With fewer rows, copying the kernel costs oneDNN's matmul more than its better kernels save. */
    private static final int MATMUL_ROWS = 16;

    /** With a smaller kernel, a call of matmul costs more than it saves. */
    private static final long MATMUL_KERNEL_SIZE = 32 * 1024;

    /** oneDNN's bound of {@code 1 / m + 1 / n}, above which sgemm does not pack an (m, n) product on AVX2. */
    private static final double PACKED_LIMIT = 0.0038;

    private static final int CONFLICTING_FLOATS = 512;
    private static final int MIN_GRADIENT_UNITS = 64;
    /** The packed copies of longer operands would count in the memory of a step, and bring less. */
    private static final int MAX_GRADIENT_ROWS = 512;

    private final boolean hasAvx512;

    /** @param hasAvx512 whether oneDNN uses AVX-512 */
    ProductChoice(boolean hasAvx512) {
        this.hasAvx512 = hasAvx512;
    }

    /** For the processor that this runs on. */
    static ProductChoice ofProcessor() {
        return new ProductChoice(NativeLibraries.usesAvx512());
    }

    /** Whether {@code input @ kernel} is a matmul, and not an inner product. */
    boolean isForwardMatmul(int rows, int units) {
        return !hasAvx512
                && rows >= MATMUL_ROWS
                && isUnpacked(rows, units)
                && units >= CONFLICTING_FLOATS
                && Integer.bitCount(units) == 1;
    }

    /** Whether {@code output gradient @ kernel^T} is a matmul, and not sgemm. */
    boolean isInputGradientMatmul(int rows, int inputs, int units) {
        return hasAvx512 && rows >= MATMUL_ROWS && (long) inputs * units >= MATMUL_KERNEL_SIZE;
    }

    /** Whether {@code input^T @ output gradient} is a matmul, and not sgemm. */
    boolean isWeightGradientMatmul(int rows, int inputs, int units) {
        return !hasAvx512
                && rows <= MAX_GRADIENT_ROWS
                && units >= MIN_GRADIENT_UNITS
                && inputs >= MIN_GRADIENT_UNITS
                && isUnpacked(inputs, units)
                && (inputs % CONFLICTING_FLOATS == 0 || units % CONFLICTING_FLOATS == 0);
    }

    private static boolean isUnpacked(int m, int n) {
        return 1.0 / m + 1.0 / n >= PACKED_LIMIT;
    }
}
