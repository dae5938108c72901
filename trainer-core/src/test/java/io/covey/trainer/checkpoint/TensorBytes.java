package io.covey.trainer.checkpoint;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.testing.NpyFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian bytes of tensors. */
public final class TensorBytes {
    private TensorBytes() {}

    /** Of a tensor that is no string, through the public way where there is one. */
    public static byte[] of(TensorBundleReader reader, TensorInfo info) {
        if (info.dataType() == DataType.INT64 && info.shape().isEmpty()) {
            return new WireWriter().fixed64(reader.readInt64(info.name())).toByteArray();
        }
        if (info.dataType() != DataType.FLOAT) {
            return reader.readBytes(info.name());
        }
        int elements = (int) BundleEntry.elements(info.shape());
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (NativeFloats target = NativeFloats.allocate(elements)) {
            reader.readFloats(info.name(), target);
            bytes.asFloatBuffer().put(target.get(0, elements));
        }
        return bytes.array();
    }

    /** The golden array in the checkpoint's own dtype: half floats and int8 are stored wider in .npy. */
    public static byte[] of(NpyFile array, DataType dataType) {
        ByteBuffer bytes =
                ByteBuffer.allocate(array.elements() * dataType.width()).order(ByteOrder.LITTLE_ENDIAN);
        switch (dataType) {
            case BFLOAT16 -> {
                for (float value : array.floats()) {
                    bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                }
            }
            case HALF -> {
                for (float value : array.floats()) {
                    bytes.putShort(half(value));
                }
            }
            case INT8 -> {
                for (int value : array.ints()) {
                    bytes.put((byte) value);
                }
            }
            default -> bytes.put(array.data().duplicate());
        }
        return bytes.array();
    }

    /** A float that a half float holds exactly. */
    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int exponent = (bits >>> 23 & 0xFF) - 127;
        int mantissa = bits & 0x7FFFFF;
        if (exponent == 128) {
            return (short) (sign | 0x7C00 | mantissa >>> 13);
        }
        if (exponent >= -14) {
            return (short) (sign | (exponent + 15) << 10 | mantissa >>> 13);
        }
        return (short) (sign | (exponent < -25 ? 0 : (mantissa | 0x800000) >>> (-exponent - 1)));
    }
}
