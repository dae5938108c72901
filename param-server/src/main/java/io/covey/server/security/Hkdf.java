package io.covey.server.security;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256, RFC 5869. */
final class Hkdf {
    /** Bytes of a hash, and of a pseudorandom key. */
    static final int HASH_LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private Hkdf() {}

    /** The pseudorandom key of some keying material. */
    static byte[] extract(byte[] salt, byte[] material) {
        return hmac(salt.length == 0 ? new byte[HASH_LENGTH] : salt).doFinal(material);
    }

    /** {@code length} bytes of key for one purpose. */
    static byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
        Mac mac = hmac(pseudorandomKey);
        byte[] key = new byte[length];
        byte[] block = new byte[0];
        for (int done = 0, counter = 1; done < length; done += HASH_LENGTH, counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            block = mac.doFinal();
            System.arraycopy(block, 0, key, done, Math.min(HASH_LENGTH, length - done));
        }
        Arrays.fill(block, (byte) 0);
        return key;
    }

    /** A keyed HMAC-SHA256. */
    static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
