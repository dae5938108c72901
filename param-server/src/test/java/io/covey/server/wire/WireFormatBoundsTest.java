package io.covey.server.wire;

import io.covey.trainer.wire.WireFormat;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each form keeps the error bound that {@link WireFormat} states. */
@Timeout(300)
class WireFormatBoundsTest {
    private static final long SEED = 20_261_125;
    private static final int ROUNDS = 2_000;
    /** Of sums of squares in double. */
    private static final double ROUNDING = 1e-6;

    private final Random random = new Random(SEED);
    private final byte[] code = new byte[WireFormat.BLOCK * (1 + Float.BYTES) + 2];

    static Stream<WireFormat> all() {
        return Stream.of(
                WireFormat.float32(),
                new WireFormat.Float16(),
                new WireFormat.Bfloat16(),
                new WireFormat.Int8(),
                new WireFormat.Threshold(1),
                new WireFormat.Threshold(0.5),
                new WireFormat.Threshold(16),
                new WireFormat.TopK(0.01),
                new WireFormat.TopK(0.3),
                new WireFormat.TopK(1));
    }

    /** Blocks of all lengths and magnitudes, with zeros, equal numbers, subnormal ones and wide ranges. */
    private float[] block() {
        float[] values = new float[1 + random.nextInt(WireFormat.BLOCK)];
        double scale = Math.scalb(1.0, random.nextInt(280) - 150);
        int kind = random.nextInt(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (kind) {
                case 0 -> (float) (random.nextGaussian() * scale);
                case 1 -> random.nextInt(3) == 0 ? 0f : (float) scale * (random.nextInt(3) - 1);
                case 2 -> Float.intBitsToFloat(random.nextInt());
                case 3 -> Float.intBitsToFloat(random.nextInt(1 << 23) | (random.nextInt() & 0x80000000));
                default -> (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(40) - 30));
            };
            if (!Float.isFinite(values[i])) {
                values[i] = -0f;
            }
        }
        return values;
    }

    private float[] roundTrip(WireFormat format, float[] values) {
        BlockCodec codec = BlockCodec.of(format);
        Arrays.fill(code, (byte) 0x55);
        codec.encode(values, values.length, code, 1);
        assertEquals(0x55, code[1 + format.bytes(values.length)], "writes no more than it says");
        float[] decoded = new float[values.length];
        codec.decode(code, 1, decoded, values.length);
        return decoded;
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldKeepItsBoundWhenNumbersAreFinite(WireFormat format) {
        for (int round = 0; round < ROUNDS; round++) {
            float[] values = block();
            float[] decoded = roundTrip(format, values);
            String where = format + ", seed " + SEED + ", round " + round + ": " + Arrays.toString(values);
            if (format instanceof WireFormat.Threshold || format instanceof WireFormat.TopK) {
                double limit = contraction(format, values) * squares(values) * (1 + ROUNDING);
                assertTrue(squares(minus(values, decoded)) <= limit, where);
            } else {
                double largest = 0;
                for (float value : values) {
                    largest = Math.max(largest, Math.abs(value));
                }
                for (int i = 0; i < values.length; i++) {
                    assertWithin(format, values[i], decoded[i], largest, where);
                }
            }
        }
    }

    private static void assertWithin(WireFormat format, float value, float decoded, double largest, String where) {
        double magnitude = Math.abs((double) value);
        double limit;
        if (format instanceof WireFormat.Float16) {
            if (magnitude >= 65520) {
                assertEquals(Math.copySign(Float.POSITIVE_INFINITY, value), decoded, where);
                return;
            }
            limit = magnitude < 0x1p-14 ? 0x1p-25 : 0x1p-11 * magnitude;
        } else if (format instanceof WireFormat.Bfloat16) {
            if (magnitude >= 0x1p128 - 0x1p119) {
                assertEquals(Math.copySign(Float.POSITIVE_INFINITY, value), decoded, where);
                return;
            }
            limit = Math.max(0x1p-8 * magnitude, 0x1p-134);
        } else if (format instanceof WireFormat.Int8) {
            limit = largest < 0x1p-100 ? magnitude : largest / 254 * (1 + 0x1p-14);
        } else {
            limit = 0;
        }
        double error = Math.abs((double) value - decoded);
        assertTrue(error <= limit, "error of " + value + " is " + error + ", limit " + limit + "; " + where);
    }

    /** The factor on the sum of squares that the error has at most. */
    private static double contraction(WireFormat format, float[] values) {
        int n = values.length;
        if (format instanceof WireFormat.TopK topK) {
            return 1 - topK.count(n) / (double) n;
        }
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest < 0x1p-100 ? 1 : 1 - 1.0 / n;
    }

    private static float[] minus(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldGiveZerosForZeros(WireFormat format) {
        float[] zeros = new float[WireFormat.BLOCK];
        assertArrayEquals(zeros, roundTrip(format, zeros));
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldNotMakeNumbersOfNaNAndInfinities(WireFormat format) {
        for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int round = 0; round < 100; round++) {
                float[] values = block();
                int at = random.nextInt(values.length);
                values[at] = special;
                float decoded = roundTrip(format, values)[at];
                assertTrue(
                        Float.isNaN(decoded) || decoded == special,
                        format + " makes " + decoded + " of " + special + ", seed " + SEED + ", round " + round);
            }
        }
    }

    @Test
    void shouldConvertEveryHalfToItself() {
        float[] value = new float[1];
        Float16Codec codec = new Float16Codec();
        for (int half = 0; half <= 0xffff; half++) {
            BlockCodec.SHORTS.set(code, 0, (short) half);
            codec.decode(code, 0, value, 1);
            codec.encode(value, 1, code, 0);
            short again = (short) BlockCodec.SHORTS.get(code, 0);
            if (!Float.isNaN(value[0])) {
                assertEquals((short) half, again);
            }
        }
    }

    @Test
    void shouldSendTheFirstOfEqualsWhenNotAllFit() {
        float[] values = {1, -3, 2, 3, 3, 0};
        assertArrayEquals(new float[] {0, -3, 0, 3, 0, 0}, roundTrip(new WireFormat.TopK(1 / 3.0), values));
    }

    @Test
    void shouldSendTheMeanOfThoseAboveTheThreshold() {
        float[] values = {1, -3, 0.5f, 5, 0, -0.25f};
        assertArrayEquals(new float[] {0, -4, 0, 4, 0, 0}, roundTrip(new WireFormat.Threshold(1), values));
    }
}
