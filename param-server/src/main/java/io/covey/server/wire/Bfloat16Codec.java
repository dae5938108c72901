package io.covey.server.wire;

/** See {@link io.covey.trainer.wire.WireFormat.Bfloat16}. */
final class Bfloat16Codec implements BlockCodec {
    private static final int QUIET = 0x40;

    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            int upper = bits >>> 16;
            // To nearest, ties to even. Rounding must not make an infinity of a NaN.
            int rounded = Float.isNaN(values[i]) ? upper | QUIET : (bits + 0x7fff + (upper & 1)) >>> 16;
            SHORTS.set(out, at + i * Short.BYTES, (short) rounded);
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat((short) SHORTS.get(in, at + i * Short.BYTES) << 16);
        }
    }
}
