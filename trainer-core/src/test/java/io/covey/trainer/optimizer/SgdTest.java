package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
class SgdTest {
    @Test
    void shouldSubtractTheScaledMeanForAnyCut() {
        float[] w = new float[100];
        float[] g = new float[100];
        float[] expected = new float[100];
        for (int i = 0; i < 100; i++) {
            w[i] = (float) Math.sin(i);
            g[i] = (float) Math.cos(i) * 8;
            expected[i] = w[i] + -(0.1f * (1 / 8f)) * g[i];
        }
        for (int cut = 0; cut <= 100; cut += 7) {
            try (NativeFloats parameters = NativeFloats.allocate(100);
                    NativeFloats sum = NativeFloats.allocate(100)) {
                parameters.put(0, w);
                sum.put(0, g);
                UpdateKernel kernel = new PlainSgdKernel();
                long[] noSlots = {};
                kernel.update(parameters.address(), noSlots, sum.address(), 1 / 8f, 1f, 0.1f, 0, cut);
                kernel.update(parameters.address(cut), noSlots, sum.address(cut), 1 / 8f, 1f, 0.1f, 0, 100 - cut);
                assertArrayEquals(expected, parameters.get(0, 100));
            }
        }
    }

    @Test
    void shouldRefuseLearningRateThatIsNegativeOrNotFinite() {
        for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(CoveyException.class, () -> new Sgd(rate));
        }
    }
}
