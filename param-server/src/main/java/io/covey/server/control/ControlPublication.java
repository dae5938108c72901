package io.covey.server.control;

import io.aeron.Publication;
import io.covey.server.security.Envelope;
import io.covey.server.security.MessageSealer;
import io.covey.trainer.CoveyException;
import org.agrona.CloseHelper;
import org.agrona.ExpandableArrayBuffer;

/**
 * Sends sealed control messages to one process. Never waits. Thread-safe; several of them may share one Aeron publication.
 *
 * @param <M> messages of this direction
 */
public final class ControlPublication<M> implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 4096;

    private final Publication publication;
    private final ControlCodec<M> codec;
    private final MessageSealer sealer;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_CAPACITY);
    private int newestEpoch;

    /** Sends through {@code publication}, which this closes. */
    ControlPublication(Publication publication, ControlCodec<M> codec, MessageSealer sealer) {
        this.publication = publication;
        this.codec = codec;
        this.sealer = sealer;
    }

    /**
     * Sends a message if the way is free.
     *
     * @param worker the worker that sends it, or that it is for
     * @param epoch of the membership that it belongs to; that of the message before it if that was newer, for the other side
     *     refuses what is older
     * @return whether it is on its way; false when nobody listens yet or any more, or the other side is slow: try again
     * @throws CoveyException when the publication can never be used again
     */
    public synchronized boolean offer(int worker, int epoch, M message) {
        newestEpoch = Math.max(newestEpoch, epoch);
        int length = codec.encode(worker, newestEpoch, message, buffer);
        int sealed = sealer.seal(Envelope.MESSAGE, newestEpoch, buffer, length);
        return offer(publication, sealer, sealed);
    }

    /** Sends what was sealed last. */
    static boolean offer(Publication publication, MessageSealer sealer, int sealed) {
        long position = publication.offer(sealer.envelope(), 0, sealed);
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
            throw CoveyException.failure("the control connection on " + publication.channel() + " is closed ("
                    + Publication.errorString(position) + ")");
        }
        return position > 0;
    }

    @Override
    public void close() {
        CloseHelper.close(publication);
    }
}
