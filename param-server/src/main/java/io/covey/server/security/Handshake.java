package io.covey.server.security;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * How a worker and the coordinator prove to each other that they know the job's secret: each draws a nonce, and can go on only
 * with keys that follow from the secret and both nonces. The worker's hello and the coordinator's challenge have keys of their
 * own, used for one message. One of these per connection on either side.
 */
public final class Handshake {
    /** Bytes of a nonce. */
    public static final int NONCE_LENGTH = Hkdf.HASH_LENGTH;

    private final JobSecurity security;
    private final long run;
    private final int worker;
    private final long connection;

    /**
     * A handshake.
     *
     * @param run number of the run
     * @param worker that connects to the coordinator
     * @param connection drawn by the worker
     */
    public Handshake(JobSecurity security, long run, int worker, long connection) {
        this.security = security;
        this.run = run;
        this.worker = worker;
        this.connection = connection;
    }

    /** A number for a new connection. */
    public static long newConnection() {
        return new SecureRandom().nextLong();
    }

    /** A new nonce. */
    public static byte[] newNonce() {
        return JobSecret.randomBytes();
    }

    /** Seals the worker's hello. */
    public MessageSealer helloSealer() {
        return sealer("hello", new byte[0], new byte[0]);
    }

    /** Opens the worker's hello. */
    public MessageOpener helloOpener() {
        return opener("hello", new byte[0], new byte[0]);
    }

    /** Seals the coordinator's challenge. */
    public MessageSealer challengeSealer(byte[] workerNonce) {
        return sealer("challenge", workerNonce, new byte[0]);
    }

    /** Opens the coordinator's challenge. */
    public MessageOpener challengeOpener(byte[] workerNonce) {
        return opener("challenge", workerNonce, new byte[0]);
    }

    /** Seals what the worker says. */
    public MessageSealer workerSealer(byte[] workerNonce, byte[] coordinatorNonce) {
        return sealer("worker to coordinator", workerNonce, coordinatorNonce);
    }

    /** Opens what the worker says. */
    public MessageOpener workerOpener(byte[] workerNonce, byte[] coordinatorNonce) {
        return opener("worker to coordinator", workerNonce, coordinatorNonce);
    }

    /** Seals what the coordinator says. */
    public MessageSealer coordinatorSealer(byte[] workerNonce, byte[] coordinatorNonce) {
        return sealer("coordinator to worker", workerNonce, coordinatorNonce);
    }

    /** Opens what the coordinator says. */
    public MessageOpener coordinatorOpener(byte[] workerNonce, byte[] coordinatorNonce) {
        return opener("coordinator to worker", workerNonce, coordinatorNonce);
    }

    private MessageSealer sealer(String label, byte[] workerNonce, byte[] coordinatorNonce) {
        return new MessageSealer(key(label, workerNonce, coordinatorNonce), worker, run, connection);
    }

    private MessageOpener opener(String label, byte[] workerNonce, byte[] coordinatorNonce) {
        return new MessageOpener(key(label, workerNonce, coordinatorNonce));
    }

    private MessageKey key(String label, byte[] workerNonce, byte[] coordinatorNonce) {
        ByteBuffer context =
                ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + workerNonce.length + coordinatorNonce.length);
        context.putLong(run).putLong(connection).putInt(worker).put(workerNonce).put(coordinatorNonce);
        return security.messageKey(label, context.flip());
    }
}
