package io.covey.server.wire;

/** See {@link io.covey.trainer.wire.WireFormat.Float16}. Java converts halves itself from version 20 on. */
final class Float16Codec implements BlockCodec {
    private static final int SIGN = 0x8000;
    private static final int INFINITY = 0x7c00;
    private static final int QUIET_NAN = 0x7e00;
    private static final int MANTISSA = 0x3ff;
    private static final int LARGEST_EXPONENT = 31;
    /** Mantissa bits that a half has less. */
    private static final int SHIFT = 13;

    private static final int SMALLEST_NORMAL_BITS = Float.floatToRawIntBits(0x1p-14f);
    private static final int TOO_LARGE_BITS = Float.floatToRawIntBits(0x1p16f);
    /** Difference of the exponents' biases, in place. */
    private static final int REBIAS = 112 << 23;
    /** Floats from here to 1 are as far apart as subnormal halves, so that adding it rounds to those. */
    private static final float SUBNORMAL_MAGIC = 0.5f;

    private static final float SMALLEST = 0x1p-24f;

    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        for (int i = 0; i < count; i++) {
            SHORTS.set(out, at + i * Short.BYTES, (short) toHalf(values[i]));
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = toFloat((short) SHORTS.get(in, at + i * Short.BYTES));
        }
    }

    private static int toHalf(float value) {
        int magnitude = BlockCodec.magnitudeBits(value);
        int sign = (Float.floatToRawIntBits(value) >>> 16) & SIGN;
        if (magnitude >= TOO_LARGE_BITS) {
            return sign | (Float.isNaN(value) ? QUIET_NAN : INFINITY);
        }
        if (magnitude < SMALLEST_NORMAL_BITS) {
            float rounded = Float.intBitsToFloat(magnitude) + SUBNORMAL_MAGIC;
            return sign | (Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(SUBNORMAL_MAGIC));
        }
        // To nearest, ties to even; a carry into the exponent is right, up to infinity.
        int rounded = magnitude + (1 << (SHIFT - 1)) - 1 + ((magnitude >>> SHIFT) & 1);
        return sign | ((rounded - REBIAS) >>> SHIFT);
    }

    private static float toFloat(short half) {
        int exponent = (half >>> 10) & LARGEST_EXPONENT;
        int mantissa = half & MANTISSA;
        int sign = (half & SIGN) << 16;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * SMALLEST));
        }
        int bits = (half & 0x7fff) << SHIFT;
        return Float.intBitsToFloat(sign | (exponent == LARGEST_EXPONENT ? 0x7f800000 | bits : bits + REBIAS));
    }
}
