package io.covey.server.wire;

/** See {@link io.covey.trainer.wire.WireFormat.Float32}. */
final class Float32Codec implements BlockCodec {
    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        for (int i = 0; i < count; i++) {
            FLOATS.set(out, at + i * Float.BYTES, values[i]);
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = (float) FLOATS.get(in, at + i * Float.BYTES);
        }
    }
}
