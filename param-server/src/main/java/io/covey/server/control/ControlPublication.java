package io.covey.server.control;

import io.aeron.Publication;
import io.covey.trainer.CoveyException;
import org.agrona.CloseHelper;
import org.agrona.ExpandableArrayBuffer;

/**
 * Sends control messages to one process. Never waits. Used by one thread; several of them may share one Aeron publication.
 *
 * @param <M> messages of this direction
 */
public final class ControlPublication<M> implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 4096;

    private final Publication publication;
    private final ControlCodec<M> codec;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_CAPACITY);

    /** Sends through {@code publication}, which this closes. */
    public ControlPublication(Publication publication, ControlCodec<M> codec) {
        this.publication = publication;
        this.codec = codec;
    }

    /**
     * Sends a message if the way is free.
     *
     * @param worker the worker that sends it, or that it is for
     * @param epoch of the membership that it belongs to
     * @return whether it is on its way; false when nobody listens yet or any more, or the other side is slow: try again
     * @throws CoveyException when the publication can never be used again
     */
    public boolean offer(int worker, int epoch, M message) {
        int length = codec.encode(worker, epoch, message, buffer);
        long position = publication.offer(buffer, 0, length);
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
            throw CoveyException.failure("the control connection on " + publication.channel() + " is closed ("
                    + Publication.errorString(position) + ")");
        }
        return position > 0;
    }

    /** Whether somebody listens. */
    public boolean isConnected() {
        return publication.isConnected();
    }

    @Override
    public void close() {
        CloseHelper.close(publication);
    }
}
