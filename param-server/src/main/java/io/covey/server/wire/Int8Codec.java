package io.covey.server.wire;

/** See {@link io.covey.trainer.wire.WireFormat.Int8}: the step as float32, then a byte for each number. */
final class Int8Codec implements BlockCodec {
    private static final float LARGEST = 127;
    /** Adding it and taking it away again rounds to whole numbers, ties to even. */
    private static final float ROUNDING_MAGIC = 0x1.8p23f;

    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        int largestBits = BlockCodec.largestBits(values, count);
        float step = 0;
        float inverse = 0;
        if (BlockCodec.isNonFinite(largestBits)) {
            step = Float.NaN;
        } else if (largestBits >= LEAST_SCALED_BITS) {
            step = Float.intBitsToFloat(largestBits) / LARGEST;
            inverse = LARGEST / Float.intBitsToFloat(largestBits);
        }
        FLOATS.set(out, at, step);
        int first = at + Float.BYTES;
        for (int i = 0; i < count; i++) {
            out[first + i] = (byte) (int) (values[i] * inverse + ROUNDING_MAGIC - ROUNDING_MAGIC);
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        float step = (float) FLOATS.get(in, at);
        int first = at + Float.BYTES;
        for (int i = 0; i < count; i++) {
            values[i] = in[first + i] * step;
        }
    }
}
