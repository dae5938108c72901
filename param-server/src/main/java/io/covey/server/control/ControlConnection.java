package io.covey.server.control;

import io.aeron.Publication;
import io.covey.server.security.Envelope;
import io.covey.server.security.Handshake;
import io.covey.server.security.MessageOpener;
import io.covey.server.security.MessageSealer;
import io.covey.server.security.RefusedException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The coordinator's connection to a worker that has said hello. */
final class ControlConnection implements AutoCloseable {
    private final int worker;
    private final long number;
    private final int session;
    private final long madeNs;
    private final Publication way;
    private final MessageSealer challengeSealer;
    private final int challengeLength;
    private final MessageOpener opener;
    private final ControlPublication<Command> publication;
    private boolean challenged;
    private boolean proved;

    /**
     * A connection that is not yet proved.
     *
     * @param hello header of the worker's hello
     * @param session Aeron session by which it came, and all else must come
     * @param way to the worker, which this closes
     */
    ControlConnection(
            Envelope hello,
            int session,
            Handshake handshake,
            byte[] workerNonce,
            Publication way,
            long run,
            long madeNs) {
        this.worker = hello.worker();
        this.number = hello.connection();
        this.session = session;
        this.madeNs = madeNs;
        this.way = way;
        byte[] nonce = Handshake.newNonce();
        challengeSealer = handshake.challengeSealer(workerNonce);
        challengeLength = challengeSealer.seal(Envelope.CHALLENGE, 0, new UnsafeBuffer(nonce), nonce.length);
        opener = handshake.workerOpener(workerNonce, nonce);
        publication =
                new ControlPublication<>(way, new CommandCodec(run), handshake.coordinatorSealer(workerNonce, nonce));
    }

    int worker() {
        return worker;
    }

    long number() {
        return number;
    }

    int session() {
        return session;
    }

    long madeNs() {
        return madeNs;
    }

    /** Sends the challenge once the way is free; false when it is closed, as that to a process that has died is. */
    boolean challenge() {
        if (!challenged && way.isClosed()) {
            return false;
        }
        challenged = challenged || ControlPublication.offer(way, challengeSealer, challengeLength);
        return true;
    }

    /** Whether the worker has answered the challenge: any message of its proves that. */
    boolean isProved() {
        return proved;
    }

    DirectBuffer open(Envelope envelope, DirectBuffer buffer, int offset, int length) throws RefusedException {
        DirectBuffer payload = opener.open(envelope, buffer, offset, length);
        proved = true;
        return payload;
    }

    ControlPublication<Command> publication() {
        return publication;
    }

    @Override
    public void close() {
        publication.close();
    }
}
