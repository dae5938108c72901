package io.covey.server.security;

import io.covey.trainer.CoveyException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts the messages of one direction of one connection into envelopes. Used by one thread at a time. */
public final class MessageSealer {
    private static final int INITIAL_CAPACITY = 1024;

    private final MessageKey key;
    private final int worker;
    private final long run;
    private final long connection;
    private final UnsafeBuffer envelope = new UnsafeBuffer(new byte[INITIAL_CAPACITY]);
    private long sequence;

    MessageSealer(MessageKey key, int worker, long run, long connection) {
        this.key = key;
        this.worker = worker;
        this.run = run;
        this.connection = connection;
    }

    /**
     * Seals a message with the next sequence number, whether it is sent or not.
     *
     * @param epoch of the sender's membership
     * @return length of the {@link #envelope}
     */
    public int seal(int kind, int epoch, DirectBuffer payload, int length) {
        int total = Envelope.HEADER_LENGTH + length + key.tagLength();
        if (total > Envelope.MAX_LENGTH) {
            throw CoveyException.failure("a control message of " + total + " bytes is longer than "
                    + Envelope.MAX_LENGTH + ": cut cluster.workers or cluster.virtual_shards");
        }
        if (total > envelope.capacity()) {
            envelope.wrap(new byte[Math.min(2 * total, Envelope.MAX_LENGTH)]);
        }
        long number = ++sequence;
        new Envelope(kind, worker, run, connection, number, epoch, length).write(envelope);
        envelope.putBytes(Envelope.HEADER_LENGTH, payload, 0, length);
        key.seal(envelope.byteArray(), length, number);
        return total;
    }

    /** The message sealed last. */
    public DirectBuffer envelope() {
        return envelope;
    }
}
