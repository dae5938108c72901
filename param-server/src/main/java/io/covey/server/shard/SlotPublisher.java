package io.covey.server.shard;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import io.covey.trainer.memory.NativeFloats;
import java.util.List;

/** Streams a shard's optimizer slots, or what else only its replica gets, to that, each chunk once it is updated. Used by the shard's thread. */
final class SlotPublisher implements AutoCloseable {
    private final ChunkedRange range;
    private final List<NativeFloats> slots;
    private final FramePublication publication;
    private boolean probed;
    private int sent;

    SlotPublisher(ChunkedRange range, List<NativeFloats> slots, FramePublication publication) {
        this.range = range;
        this.slots = slots;
        this.publication = publication;
    }

    /** Publishes one whole chunk of no meaning; whether the stream has taken it. */
    boolean probe() {
        probed = probed
                || publication.tryPublish(
                        FrameHeader.PROBE, 0, 0, 0, 0, 0, 0f, slots.get(0).address(0), range.length(0));
        return probed;
    }

    /** The chunks to come belong to a new step. */
    void begin() {
        sent = 0;
    }

    /** Sends what the stream takes of the first {@code queued} chunks of {@code queue}; returns the number of frames. */
    int send(int[] queue, int queued, long step) {
        int before = sent;
        while (sent < queued * slots.size() && trySend(queue[sent / slots.size()], sent % slots.size(), step)) {
            sent++;
        }
        return sent - before;
    }

    private boolean trySend(int chunk, int slot, long step) {
        long address = slots.get(slot).address(range.start(chunk));
        return publication.tryPublish(FrameHeader.SLOT, 0, step, slot, chunk, 0, 0f, address, range.length(chunk));
    }

    boolean isDone(int queued) {
        return sent == queued * slots.size();
    }

    @Override
    public String toString() {
        return publication.toString();
    }

    @Override
    public void close() {
        publication.close();
    }
}
