package io.covey.trainer.memory;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class ExactSumTest {
    private static final long SEED = System.nanoTime();

    private final Random random = new Random(SEED);

    /** Any float, the squares of 16 of which float32 can hold: all exponents are as likely. */
    private float anyFloat() {
        float value;
        do {
            value = Float.intBitsToFloat(random.nextInt());
        } while (!(Math.abs(value) < 0x1p62f));
        return value;
    }

    private float[] values(int count, int kind) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (kind) {
                case 0 -> anyFloat();
                case 1 -> (float) random.nextGaussian();
                case 2 -> Float.MIN_VALUE * random.nextInt(1 << 23);
                default -> 0x1.fffffep61f;
            };
        }
        return values;
    }

    private static double exact(float[] values) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int block = 0; block < values.length; block += ExactSum.BLOCK) {
            float[] sums = new float[ExactSum.BLOCK];
            for (int i = block; i < Math.min(values.length, block + ExactSum.BLOCK); i++) {
                sums[i - block] = values[i] * values[i];
            }
            for (int count = ExactSum.BLOCK / 2; count > 0; count /= 2) {
                for (int i = 0; i < count; i++) {
                    sums[i] = sums[2 * i] + sums[2 * i + 1];
                }
            }
            sum = sum.add(new BigDecimal(sums[0]));
        }
        return sum.doubleValue();
    }

    private static void add(float[] values, ExactSum sum) {
        for (int from = 0; from < values.length; from += ExactSum.MAX_LENGTH) {
            float[] piece = Arrays.copyOfRange(values, from, Math.min(values.length, from + ExactSum.MAX_LENGTH));
            sum.addSquares(piece, piece.length);
        }
    }

    @Test
    void shouldRoundTheExactSumOnce() {
        for (int kind = 0; kind < 4; kind++) {
            for (int count : new int[] {0, 1, 2, 3, 1000}) {
                float[] values = values(count, kind);
                ExactSum sum = new ExactSum();
                sum.addSquares(values, count);
                assertEquals(exact(values), sum.value(), "seed " + SEED + ", kind " + kind + ", count " + count);
            }
        }
    }

    @Test
    void shouldCarryManyLargeValues() {
        float[] values = values(100_000, 3);
        ExactSum sum = new ExactSum();
        for (int i = 0; i < 5; i++) {
            add(values, sum);
        }
        assertEquals(5 * exact(values), sum.value(), Math.ulp(sum.value()));
    }

    @Test
    void shouldNotDependOnOrderOrCutsBetweenBlocks() {
        float[] values = values(10_000, 0); // 625 blocks
        ExactSum whole = new ExactSum();
        add(values, whole);
        long[] expected = new long[ExactSum.STATE_LENGTH];
        whole.copyTo(expected, 0);

        ExactSum[] parts = {new ExactSum(), new ExactSum(), new ExactSum()};
        for (int to = values.length; to > 0; ) {
            int from = Math.max(0, to - ExactSum.BLOCK * (1 + random.nextInt(ExactSum.MAX_LENGTH / ExactSum.BLOCK)));
            float[] piece = Arrays.copyOfRange(values, from, to);
            parts[random.nextInt(3)].addSquares(piece, piece.length);
            to = from;
        }
        parts[0].merge(parts[1]);
        long[] state = new long[ExactSum.STATE_LENGTH];
        parts[2].copyTo(state, 0);
        parts[0].merge(state, 0);
        parts[0].copyTo(state, 0);
        assertArrayEquals(expected, state, "seed " + SEED);
    }

    @Test
    void shouldSayWhetherASumWasInfiniteOrNotANumber() {
        float infinite = Float.NEGATIVE_INFINITY;
        assertEquals(Double.POSITIVE_INFINITY, sumOf(1, 0x1p64f, 1));
        assertEquals(Double.POSITIVE_INFINITY, sumOf(1, Float.POSITIVE_INFINITY, infinite, infinite, infinite));
        assertEquals(Double.NaN, sumOf(1, Float.NaN));
        assertEquals(Double.NaN, sumOf(infinite, Float.NaN, infinite));
    }

    private static double sumOf(float... values) {
        ExactSum sum = new ExactSum();
        for (float value : values) {
            ExactSum part = new ExactSum();
            part.addSquares(new float[] {1, value, 2}, 3);
            long[] state = new long[ExactSum.STATE_LENGTH];
            part.copyTo(state, 0);
            sum.merge(state, 0);
        }
        double value = sum.value();
        sum.clear();
        assertEquals(0.0, sum.value());
        return value;
    }
}
