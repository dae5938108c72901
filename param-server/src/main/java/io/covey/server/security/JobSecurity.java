package io.covey.server.security;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How the processes of a job know each other, and whether others may read what they say.
 *
 * @param secret known to the job's processes alone
 * @param encrypt whether every frame is encrypted and authenticated; else control messages are authenticated, and data
 *     streams bound to authenticated peers
 */
public record JobSecurity(JobSecret secret, boolean encrypt) implements Serializable {
    /** A new secret, without encryption. */
    public static JobSecurity random() {
        return new JobSecurity(JobSecret.random(), false);
    }

    /** Bytes that a data frame takes besides what it says. */
    public int frameOverhead() {
        return encrypt ? FrameSealer.TAG_LENGTH : 0;
    }

    /** A key for one purpose: no two purposes have the same label and context. */
    byte[] key(String label, ByteBuffer context) {
        byte[] name = label.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(1 + name.length + context.remaining());
        info.put((byte) name.length).put(name).put(context.duplicate());
        return secret.key(info.array());
    }

    MessageKey messageKey(String label, ByteBuffer context) {
        return new MessageKey(key(label, context), encrypt);
    }
}
