package io.covey.server.security;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Takes the messages of one direction of one connection out of their envelopes, and refuses what the peer has not sent, what
 * has come before, and what belongs to a membership before the newest. Used by one thread.
 */
public final class MessageOpener {
    private static final int INITIAL_CAPACITY = 1024;

    private final MessageKey key;
    private final UnsafeBuffer opened = new UnsafeBuffer(new byte[INITIAL_CAPACITY]);
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private long lastSequence;
    private int lastEpoch = Integer.MIN_VALUE;

    MessageOpener(MessageKey key) {
        this.key = key;
    }

    /**
     * Opens a message.
     *
     * @param header of the message at {@code offset}
     * @return its payload, until the next call
     */
    public DirectBuffer open(Envelope header, DirectBuffer source, int offset, int length) throws RefusedException {
        if (length != Envelope.HEADER_LENGTH + header.payloadLength() + key.tagLength()) {
            throw new RefusedException("a message whose length is not the one it states");
        }
        if (length > opened.capacity()) {
            opened.wrap(new byte[length]);
        }
        source.getBytes(offset, opened, 0, length);
        if (!key.open(opened.byteArray(), header.payloadLength(), header.sequence())) {
            throw new RefusedException(
                    "a message that was tampered with, or whose sender does not know the job's secret");
        }
        if (header.sequence() <= lastSequence) {
            throw new RefusedException("a message that was replayed");
        }
        if (header.epoch() < lastEpoch) {
            throw new RefusedException("a message of a membership that is over");
        }
        lastSequence = header.sequence();
        lastEpoch = header.epoch();
        payload.wrap(opened, Envelope.HEADER_LENGTH, header.payloadLength());
        return payload;
    }
}
