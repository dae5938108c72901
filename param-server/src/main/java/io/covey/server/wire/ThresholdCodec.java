package io.covey.server.wire;

import io.covey.trainer.wire.WireFormat;

/**
 * See {@link WireFormat.Threshold}: the magnitude as float32, then for each eight numbers a byte that says which are sent, and
 * one with their signs.
 */
final class ThresholdCodec implements BlockCodec {
    private final double factor;

    ThresholdCodec(WireFormat.Threshold format) {
        factor = format.factor();
    }

    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        int largestBits = BlockCodec.largestBits(values, count);
        // No finite magnitude reaches it.
        int threshold = Integer.MAX_VALUE;
        float magnitude = 0;
        if (BlockCodec.isNonFinite(largestBits)) {
            threshold = 0;
            magnitude = Float.NaN;
        } else if (largestBits >= LEAST_SCALED_BITS) {
            float wanted = (float) (factor * mean(values, count, 0));
            threshold = Math.min(largestBits, BlockCodec.magnitudeBits(wanted));
            magnitude = (float) mean(values, count, threshold);
        }
        FLOATS.set(out, at, magnitude);
        int byteAt = at + Float.BYTES;
        for (int first = 0; first < count; first += Byte.SIZE) {
            int sent = 0;
            int negative = 0;
            for (int i = first; i < Math.min(count, first + Byte.SIZE); i++) {
                int bit = 1 << (i - first);
                sent |= BlockCodec.magnitudeBits(values[i]) >= threshold ? bit : 0;
                negative |= values[i] < 0 ? bit : 0;
            }
            out[byteAt++] = (byte) sent;
            out[byteAt++] = (byte) negative;
        }
    }

    /** Mean magnitude of the values whose magnitude has at least these bits. */
    private static double mean(float[] values, int count, int leastBits) {
        double sum = 0;
        int number = 0;
        for (int i = 0; i < count; i++) {
            if (BlockCodec.magnitudeBits(values[i]) >= leastBits) {
                sum += Math.abs(values[i]);
                number++;
            }
        }
        return sum / number;
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        float magnitude = (float) FLOATS.get(in, at);
        int byteAt = at + Float.BYTES;
        for (int first = 0; first < count; first += Byte.SIZE) {
            int sent = in[byteAt++];
            int negative = in[byteAt++];
            for (int i = first; i < Math.min(count, first + Byte.SIZE); i++) {
                int bit = 1 << (i - first);
                float value = (negative & bit) == 0 ? magnitude : -magnitude;
                values[i] = (sent & bit) == 0 ? 0 : value;
            }
        }
    }
}
