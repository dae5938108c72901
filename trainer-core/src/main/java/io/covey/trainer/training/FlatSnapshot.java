package io.covey.trainer.training;

import io.covey.trainer.callbacks.WeightsSnapshot;
import io.covey.trainer.memory.NativeFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** A copy of the flat vector of weights. */
record FlatSnapshot(NativeFloats weights) implements WeightsSnapshot {
    /** The floats' bytes, little-endian, in Base64. */
    @Override
    public String encode() {
        int length = Math.toIntExact(weights.length());
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(weights.buffer(0, length));
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** The reverse of {@link #encode}. */
    static FlatSnapshot decode(String encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(encoded)).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.remaining() / Float.BYTES;
        NativeFloats weights = NativeFloats.allocate(length);
        weights.buffer(0, length).put(bytes.asFloatBuffer());
        return new FlatSnapshot(weights);
    }

    @Override
    public void close() {
        weights.close();
    }
}
