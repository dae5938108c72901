package io.covey.server.security;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Decrypts the frames of one data stream. Used by one thread. */
public final class FrameOpener {
    private final FrameCipher cipher;
    private final ByteBuffer plain;
    private final UnsafeBuffer plainView;

    FrameOpener(byte[] key, int frameLength) {
        cipher = new FrameCipher(key);
        plain = ByteBuffer.allocateDirect(frameLength);
        plainView = new UnsafeBuffer(plain);
    }

    /** The frame that was opened last, its first byte at 0. */
    public DirectBuffer plain() {
        return plainView;
    }

    /**
     * Decrypts a frame into {@link #plain}.
     *
     * @param position of the frame in its stream
     * @return its length; -1 when it is not what the peer has put at that position
     */
    public int open(DirectBuffer source, int offset, int length, long position) {
        int plainLength = length - FrameSealer.TAG_LENGTH;
        if (plainLength < 0 || plainLength > plain.capacity()) {
            return -1;
        }
        plain.clear();
        return cipher.decrypt(source, offset, length, plain, position) ? plainLength : -1;
    }
}
