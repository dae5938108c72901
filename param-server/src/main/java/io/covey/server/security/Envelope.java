package io.covey.server.security;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The 40 bytes before the payload of a control message, little endian; a tag follows the payload:
 *
 * <pre>
 *  0 version u8 | 1 kind u8 | 2 reserved u16 | 4 worker i32
 *  8 run i64 | 16 connection i64 | 24 sequence i64
 * 32 membership epoch i32 | 36 payload length i32
 * </pre>
 *
 * @param kind of the message
 * @param worker the worker that sends it, or that it is for
 * @param run number of the run
 * @param connection number that the worker has drawn for this connection
 * @param sequence ever larger within a connection and direction
 * @param epoch of the membership that the sender belongs to
 * @param payloadLength bytes between header and tag
 */
public record Envelope(int kind, int worker, long run, long connection, long sequence, int epoch, int payloadLength) {
    /** A worker's first message: its nonce and address. */
    public static final int HELLO = 1;
    /** The coordinator's answer: its nonce. */
    public static final int CHALLENGE = 2;
    /** Everything after that. */
    public static final int MESSAGE = 3;

    /** Longest envelope: what Aeron carries in the terms of a control stream. */
    public static final int MAX_LENGTH = 128 << 10;

    static final int HEADER_LENGTH = 40;
    private static final int VERSION = 1;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /**
     * Reads a header.
     *
     * @throws RefusedException when no version of this code has written it
     */
    public static Envelope read(DirectBuffer source, int offset, int length) throws RefusedException {
        if (length < HEADER_LENGTH || length > MAX_LENGTH) {
            throw new RefusedException("a message too short or too long");
        }
        if (source.getByte(offset) != VERSION) {
            throw new RefusedException("a message of another version of Covey, or none of Covey's");
        }
        Envelope envelope = new Envelope(
                source.getByte(offset + 1),
                source.getInt(offset + 4, ORDER),
                source.getLong(offset + 8, ORDER),
                source.getLong(offset + 16, ORDER),
                source.getLong(offset + 24, ORDER),
                source.getInt(offset + 32, ORDER),
                source.getInt(offset + 36, ORDER));
        if (envelope.payloadLength < 0 || envelope.payloadLength > length - HEADER_LENGTH) {
            throw new RefusedException("a message whose length is not the one it states");
        }
        return envelope;
    }

    void write(UnsafeBuffer target) {
        target.putByte(0, (byte) VERSION);
        target.putByte(1, (byte) kind);
        target.putShort(2, (short) 0, ORDER);
        target.putInt(4, worker, ORDER);
        target.putLong(8, run, ORDER);
        target.putLong(16, connection, ORDER);
        target.putLong(24, sequence, ORDER);
        target.putInt(32, epoch, ORDER);
        target.putInt(36, payloadLength, ORDER);
    }
}
