package io.covey.trainer.memory;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

@Timeout(30)
class VectorKernelsTest {
    private static final long SEED = 17;

    /** Any range at any alignment, against the same operations in Java: IEEE 754 fixes every bit. */
    @Test
    void shouldRoundEachOperationForAnyRange() {
        SplittableRandom random = new SplittableRandom(SEED);
        VectorKernels kernels = new VectorKernels();
        try (NativeFloats x = NativeFloats.allocate(1_000);
                NativeFloats y = NativeFloats.allocate(1_000)) {
            for (int round = 0; round < 500; round++) {
                float[] xs = floats(random);
                float[] ys = floats(random);
                x.put(0, xs);
                y.put(0, ys);
                int from = random.nextInt(1_000);
                int length = random.nextInt(1_000 - from + 1);
                float factor = (float) random.nextDouble(-2, 2);
                kernels.scale(x.address(from), factor, length);
                kernels.add(y.address(from), x.address(from), length);
                for (int i = from; i < from + length; i++) {
                    xs[i] *= factor;
                    ys[i] += xs[i];
                }
                String message = "seed " + SEED + " round " + round;
                assertArrayEquals(xs, x.get(0, 1_000), message);
                assertArrayEquals(ys, y.get(0, 1_000), message);
            }
        }
    }

    private static float[] floats(SplittableRandom random) {
        float[] values = new float[1_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
