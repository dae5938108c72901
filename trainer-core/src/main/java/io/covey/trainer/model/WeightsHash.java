package io.covey.trainer.model;

import io.covey.trainer.memory.NativeFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A digest of a model's weights, by which runs are compared bit for bit. */
public final class WeightsHash {
    private static final int CHUNK_FLOATS = 1 << 14;

    private WeightsHash() {}

    /**
     * SHA-256 over the bytes of all variables in layout order, little-endian, without the gaps between them.
     *
     * @param values the whole flat vector
     * @return lower-case hex
     */
    public static String sha256(ParameterLayout layout, NativeFloats values) {
        if (values.length() != layout.length()) {
            throw new IllegalArgumentException(
                    values.length() + " floats are given for a layout of " + layout.length());
        }
        MessageDigest digest = newDigest();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (ParameterSpec parameter : layout.parameters()) {
            for (long done = 0; done < parameter.size(); ) {
                int n = (int) Math.min(CHUNK_FLOATS, parameter.size() - done);
                chunk.asFloatBuffer().put(values.buffer(parameter.offset() + done, n));
                digest.update(chunk.array(), 0, n * Float.BYTES);
                done += n;
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
