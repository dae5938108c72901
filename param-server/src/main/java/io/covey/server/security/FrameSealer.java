package io.covey.server.security;

import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Encrypts the frames of one data stream. Used by one thread. */
public final class FrameSealer {
    /** Bytes by which a frame grows. */
    public static final int TAG_LENGTH = 16;

    private final FrameCipher cipher;
    private final ByteBuffer plain;
    private final UnsafeBuffer plainView;

    FrameSealer(byte[] key, int frameLength) {
        cipher = new FrameCipher(key);
        plain = ByteBuffer.allocateDirect(frameLength);
        plainView = new UnsafeBuffer(plain);
    }

    /** Where the next frame is written before it is sealed. */
    public UnsafeBuffer plain() {
        return plainView;
    }

    /**
     * Encrypts the frame in {@link #plain}.
     *
     * @param position of the frame in its stream: no two frames have the same, so it is the nonce
     */
    public void seal(int length, MutableDirectBuffer target, int offset, long position) {
        plain.clear().limit(length);
        cipher.encrypt(plain, target, offset, length + TAG_LENGTH, position);
    }
}
