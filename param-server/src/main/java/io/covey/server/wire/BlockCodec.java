package io.covey.server.wire;

import io.covey.trainer.wire.WireFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Encodes blocks of at most {@link WireFormat#BLOCK} numbers. An instance may have scratch memory: one per thread. */
sealed interface BlockCodec permits Float32Codec, Float16Codec, Bfloat16Codec, Int8Codec, ThresholdCodec, TopKCodec {
    /** Little-endian shorts in bytes. */
    VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    /** Little-endian floats in bytes. */
    VarHandle FLOATS = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bits of the smallest magnitude that scales are made of: those of smaller ones would be rounded too much. */
    int LEAST_SCALED_BITS = Float.floatToRawIntBits(0x1p-100f);

    /** A codec for the use of one thread. */
    static BlockCodec of(WireFormat format) {
        if (format instanceof WireFormat.Float16) {
            return new Float16Codec();
        } else if (format instanceof WireFormat.Bfloat16) {
            return new Bfloat16Codec();
        } else if (format instanceof WireFormat.Int8) {
            return new Int8Codec();
        } else if (format instanceof WireFormat.Threshold threshold) {
            return new ThresholdCodec(threshold);
        } else if (format instanceof WireFormat.TopK topK) {
            return new TopKCodec(topK);
        }
        return new Float32Codec();
    }

    /** Writes the code of the first {@code count} values to {@code out} from byte {@code at} on. */
    void encode(float[] values, int count, byte[] out, int at);

    /** Reads {@code count} values from the code at byte {@code at} of {@code in}; any bytes give some values. */
    void decode(byte[] in, int at, float[] values, int count);

    /** Bits of the largest magnitude; infinities and NaN are above all finite ones. */
    static int largestBits(float[] values, int count) {
        int largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, magnitudeBits(values[i]));
        }
        return largest;
    }

    /** Grows with the magnitude. */
    static int magnitudeBits(float value) {
        return Float.floatToRawIntBits(value) & 0x7fffffff;
    }

    /** Whether bits of a magnitude are those of an infinity or NaN. */
    static boolean isNonFinite(int bits) {
        return bits >= 0x7f800000;
    }
}
