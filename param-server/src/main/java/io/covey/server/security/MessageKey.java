package io.covey.server.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates messages of one direction by HMAC-SHA256, or encrypts and authenticates them by AES-256-GCM with the message's
 * sequence number as nonce. Used by one thread at a time.
 */
public final class MessageKey {
    private static final int HMAC_LENGTH = 32;
    private static final int GCM_LENGTH = 16;
    private static final int NONCE_LENGTH = 12;

    private final Mac mac;
    private final Cipher cipher;
    private final SecretKey key;
    private final byte[] computed = new byte[HMAC_LENGTH];
    private final byte[] nonce = new byte[NONCE_LENGTH];
    private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);

    MessageKey(byte[] key, boolean encrypt) {
        try {
            this.mac = encrypt ? null : Hkdf.hmac(key);
            this.cipher = encrypt ? Cipher.getInstance("AES/GCM/NoPadding") : null;
            this.key = new SecretKeySpec(key, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES in GCM", e);
        }
    }

    /** Bytes after the payload that prove where it comes from. */
    int tagLength() {
        return cipher == null ? HMAC_LENGTH : GCM_LENGTH;
    }

    /**
     * Seals an envelope in place.
     *
     * @param envelope header, payload, and room for the tag
     * @param sequence never used before with this key
     */
    void seal(byte[] envelope, int payloadLength, long sequence) {
        int end = Envelope.HEADER_LENGTH + payloadLength;
        try {
            if (cipher == null) {
                mac.update(envelope, 0, end);
                mac.doFinal(envelope, end);
            } else {
                start(Cipher.ENCRYPT_MODE, envelope, sequence);
                cipher.doFinal(envelope, Envelope.HEADER_LENGTH, payloadLength, envelope, Envelope.HEADER_LENGTH);
            }
        } catch (ShortBufferException e) {
            throw new IllegalArgumentException("no room for the tag", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal a message", e);
        }
    }

    /** Opens an envelope in place; false when it was not sealed with this key, or was changed. */
    boolean open(byte[] envelope, int payloadLength, long sequence) {
        int end = Envelope.HEADER_LENGTH + payloadLength;
        try {
            if (cipher == null) {
                mac.update(envelope, 0, end);
                mac.doFinal(computed, 0);
                // Constant time needs arrays of the tag's length.
                byte[] claimed = new byte[HMAC_LENGTH];
                System.arraycopy(envelope, end, claimed, 0, HMAC_LENGTH);
                return MessageDigest.isEqual(computed, claimed);
            }
            start(Cipher.DECRYPT_MODE, envelope, sequence);
            cipher.doFinal(
                    envelope, Envelope.HEADER_LENGTH, payloadLength + GCM_LENGTH, envelope, Envelope.HEADER_LENGTH);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot open a message", e);
        }
    }

    private void start(int mode, byte[] envelope, long sequence) throws GeneralSecurityException {
        nonceView.putLong(NONCE_LENGTH - Long.BYTES, sequence);
        cipher.init(mode, key, new GCMParameterSpec(GCM_LENGTH * Byte.SIZE, nonce));
        cipher.updateAAD(envelope, 0, Envelope.HEADER_LENGTH);
    }
}
