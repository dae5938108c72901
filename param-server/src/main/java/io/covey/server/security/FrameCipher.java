package io.covey.server.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.DirectBuffer;

/**
 * AES-128-GCM on memory that Aeron maps. Only the JDK's cipher allocates. Half the key's 256 bits are the AES key: the rounds
 * that 256 bits add cost a third of the speed.
 */
final class FrameCipher {
    private static final int KEY_LENGTH = 16;
    private static final int NONCE_LENGTH = 12;

    private final Cipher cipher;
    private final SecretKey key;
    private final byte[] nonce = new byte[NONCE_LENGTH];
    private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);

    /** The mapped memory used last, and a view of our own on it. */
    private ByteBuffer mapped;

    private ByteBuffer view;

    FrameCipher(byte[] key) {
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
            this.key = new SecretKeySpec(key, 0, KEY_LENGTH, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES in GCM", e);
        }
    }

    void encrypt(ByteBuffer plain, DirectBuffer target, int offset, int length, long position) {
        try {
            start(Cipher.ENCRYPT_MODE, position);
            cipher.doFinal(plain, region(target, offset, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt a frame", e);
        }
    }

    boolean decrypt(DirectBuffer source, int offset, int length, ByteBuffer plain, long position) {
        try {
            start(Cipher.DECRYPT_MODE, position);
            cipher.doFinal(region(source, offset, length), plain);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot decrypt a frame", e);
        }
    }

    private void start(int mode, long position) throws GeneralSecurityException {
        nonceView.putLong(NONCE_LENGTH - Long.BYTES, position);
        cipher.init(mode, key, new GCMParameterSpec(FrameSealer.TAG_LENGTH * Byte.SIZE, nonce));
    }

    // Equal bytes in two mappings are not one mapping.
    @SuppressWarnings("ReferenceEquality")
    private ByteBuffer region(DirectBuffer buffer, int offset, int length) {
        if (buffer.byteBuffer() != mapped) {
            mapped = buffer.byteBuffer();
            view = mapped.duplicate();
        }
        int start = buffer.wrapAdjustment() + offset;
        return view.limit(start + length).position(start);
    }
}
