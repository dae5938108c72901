package io.covey.trainer.engine.dense;

import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.engine.PrimitiveCall;
import io.covey.trainer.engine.Sgemm;
import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code target = a^T @ b}, or {@code target += a^T @ b} with the bits of a product that is finished before it is added, so
 * that it does not matter whether a sum is formed here or elsewhere.
 *
 * <p>A matrix product that accumulates does just that as long as it takes all of k in one go, and saves three passes over the
 * target. How much it takes in one go depends on the machine, so the first accumulation tries it out on random numbers.
 */
public final class WeightGradient {
    /** Numbers compared in the trial; in each of them another order of additions shows with a probability near 1/2. */
    private static final int TRIAL_NUMBERS = 10_000;

    private static final long TRIAL_SEED = 1;

    private final OnednnScope scope;
    private final int m;
    private final int n;
    private final int k;
    private final FloatPointer a;
    private final FloatPointer b;
    private final NativeAddress target = new NativeAddress();
    private final VectorKernels kernels = new VectorKernels();
    /** Null, like its target, where sgemm computes the product. */
    private final PrimitiveCall matmul;

    private final dnnl_memory matmulTarget;
    private boolean tried;
    private NativeFloats product;

    /**
     * A product of these matrices.
     *
     * @param a (k, m)
     * @param b (k, n)
     */
    public WeightGradient(OnednnScope scope, int m, int n, int k, FloatPointer a, FloatPointer b) {
        this.scope = scope;
        this.m = m;
        this.n = n;
        this.k = k;
        this.a = a;
        this.b = b;
        if (ProductChoice.ofProcessor().isWeightGradientMatmul(k, m, n)) {
            dnnl_memory_desc targetDesc = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, m, n);
            matmulTarget = scope.memory(targetDesc, null);
            matmul = matmul(targetDesc);
        } else {
            matmulTarget = null;
            matmul = null;
        }
    }

    private PrimitiveCall matmul(dnnl_memory_desc targetDesc) {
        dnnl_memory_desc transposed = scope.strided(new long[] {m, k}, new long[] {1, m});
        dnnl_memory_desc right = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, k, n);
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "matmul",
                d -> dnnl.dnnl_matmul_primitive_desc_create(
                        d, Onednn.engine(), transposed, right, null, targetDesc, scope.attributes()));
        return scope.call(
                "matmul",
                desc,
                new Arg(dnnl.DNNL_ARG_SRC, scope.memory(transposed, a)),
                new Arg(dnnl.DNNL_ARG_WEIGHTS, scope.memory(right, b)),
                new Arg(dnnl.DNNL_ARG_DST, matmulTarget));
    }

    /** Computes the product, to or onto the (m, n) floats at {@code targetAddress}. */
    public void run(long targetAddress, boolean accumulate) {
        target.at(targetAddress);
        if (!accumulate) {
            multiply(target);
            return;
        }
        if (!tried) {
            product = matmul == null && accumulatesExactly() ? null : scope.floats((long) m * n);
            tried = true;
        }
        if (product == null) {
            Sgemm.transposedTimes(m, n, k, a, b, 1f, target);
        } else {
            multiply(product.pointer());
            kernels.add(targetAddress, product.address(), product.length());
        }
    }

    private void multiply(FloatPointer result) {
        if (matmul == null) {
            Sgemm.transposedTimes(m, n, k, a, b, 0f, result);
            return;
        }
        int status = dnnl.dnnl_memory_set_data_handle(matmulTarget, result);
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "memory_set_data_handle");
        }
        matmul.run();
    }

    private boolean accumulatesExactly() {
        long size = (long) m * n;
        if (size > Integer.MAX_VALUE / Float.BYTES) {
            return false;
        }
        SplittableRandom random = new SplittableRandom(TRIAL_SEED);
        try (NativeFloats left = NativeFloats.allocate((long) k * m);
                NativeFloats right = NativeFloats.allocate((long) k * n);
                NativeFloats accumulated = NativeFloats.allocate(size);
                NativeFloats added = NativeFloats.allocate(size);
                NativeFloats finished = NativeFloats.allocate(size)) {
            boolean exact = true;
            for (long compared = 0; exact && compared < TRIAL_NUMBERS; compared += size) {
                fill(left, random);
                fill(right, random);
                fill(accumulated, random);
                kernels.copy(added.address(), accumulated.address(), size);
                Sgemm.transposedTimes(m, n, k, left.pointer(), right.pointer(), 1f, accumulated.pointer());
                Sgemm.transposedTimes(m, n, k, left.pointer(), right.pointer(), 0f, finished.pointer());
                kernels.add(added.address(), finished.address(), size);
                exact = accumulated.buffer().mismatch(added.buffer()) < 0;
            }
            return exact;
        }
    }

    private static void fill(NativeFloats vector, SplittableRandom random) {
        FloatBuffer buffer = vector.buffer();
        while (buffer.hasRemaining()) {
            buffer.put((float) random.nextDouble(-1, 1));
        }
    }
}
