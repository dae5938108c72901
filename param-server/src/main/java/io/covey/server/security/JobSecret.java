package io.covey.server.security;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * 256 bits that the processes of one run share and nobody else knows. It travels in serialized task closures and on standard
 * input; it is never printed. Immutable.
 */
public final class JobSecret implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    private JobSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A new secret. */
    public static JobSecret random() {
        return new JobSecret(randomBytes());
    }

    /**
     * The secret of a run that follows from one that all processes have already.
     *
     * @param shared the cluster's own secret, of any length
     * @param salt random bytes of the run, which need not be secret: two runs must not have the same
     */
    public static JobSecret derived(String shared, byte[] salt) {
        return new JobSecret(Hkdf.extract(salt, shared.getBytes(StandardCharsets.UTF_8)));
    }

    /** Random bytes for a salt or a nonce, as many as a secret has. */
    public static byte[] randomBytes() {
        byte[] bytes = new byte[Hkdf.HASH_LENGTH];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** A key for one purpose. */
    byte[] key(byte[] info) {
        return Hkdf.expand(bytes, info, Hkdf.HASH_LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    /** The same for all secrets: a hash that depended on one could be printed. */
    @Override
    public int hashCode() {
        return JobSecret.class.hashCode();
    }

    @Override
    public String toString() {
        return "JobSecret[hidden]";
    }
}
