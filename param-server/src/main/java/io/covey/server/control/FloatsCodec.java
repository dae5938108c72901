package io.covey.server.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Floats in control messages: their bytes, little endian. */
public final class FloatsCodec {
    /** Most floats in a message. */
    public static final int MAX_FLOATS = 16_000;

    private FloatsCodec() {}

    static byte[] encode(FloatBuffer values) {
        if (values.remaining() > MAX_FLOATS) {
            throw new IllegalArgumentException(
                    values.remaining() + " floats in a message, it takes at most " + MAX_FLOATS);
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values.duplicate());
        return bytes.array();
    }

    static FloatBuffer decode(byte[] bytes) {
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are no whole floats");
        }
        return ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .asReadOnlyBuffer();
    }
}
