package io.covey.trainer.engine.rnn;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.core.Embedding;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.ModelRun;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class EmbeddingTest {
    private static final long SEED = 20260402;

    @Test
    void shouldGiveRowsAndAddTheirGradients() {
        int vocabulary = 20_000;
        int width = 3;
        SplittableRandom random = new SplittableRandom(SEED);
        float[] numbers = new float[4 * 9];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextInt(2) == 0 ? random.nextInt(5) : random.nextInt(vocabulary);
        }
        float[] factors = new float[numbers.length * width];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) random.nextDouble(-1, 1);
        }
        float[] expected = new float[vocabulary * width];
        for (int i = 0; i < factors.length; i++) {
            expected[((int) numbers[i / width]) * width + i % width] += factors[i];
        }
        try (ModelRun run = ModelRun.of(new Embedding(vocabulary, width), 4, true, 9);
                NativeFloats sum = NativeFloats.allocate(run.gradient().length())) {
            float[] table = run.parameters().get(0, vocabulary * width);
            float[] outputs = run.forward(numbers);
            for (int i = 0; i < outputs.length; i++) {
                assertEquals(table[((int) numbers[i / width]) * width + i % width], outputs[i]);
            }
            float[] stale = new float[vocabulary * width];
            Arrays.fill(stale, 7f);
            run.gradient().put(0, stale);
            for (int turn = 0; turn < 2; turn++) {
                run.backward(factors, numbers);
                assertArrayEquals(expected, run.gradient().get(0, expected.length), "seed " + SEED);
            }
            sum.put(0, stale);
            run.program().forwardBackward(run.parameters().address(), sum.address(), true, MetricState.zero(2));
            for (int i = 0; i < expected.length; i++) {
                assertEquals(7f + expected[i], sum.buffer().get(i));
            }
        }
    }

    @Test
    void shouldRefuseNumbersOutsideTheTable() {
        try (ModelRun run = ModelRun.of(new Embedding(5, 2), 1, false, 2)) {
            for (float wrong : new float[] {5, -1}) {
                CoveyException e = assertThrows(CoveyException.class, () -> run.forward(new float[] {4, wrong}));
                assertTrue(e.getMessage().contains("input_dim is 5"), e.getMessage());
            }
        }
    }
}
