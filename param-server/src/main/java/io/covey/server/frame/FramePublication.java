package io.covey.server.frame;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.covey.server.security.DataSession;
import io.covey.server.security.FrameSealer;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.VectorKernels;
import org.agrona.MutableDirectBuffer;

/** Writes data frames straight into a log. Used by one thread. */
public final class FramePublication implements AutoCloseable {
    private final ExclusivePublication publication;
    private final String description;
    private final int epoch;
    private final FrameSealer sealer;
    private final int overhead;
    private final Runnable onBackPressure;
    private final BufferClaim claim = new BufferClaim();
    private final VectorKernels kernels = new VectorKernels();

    // The frame that is being written.
    private MutableDirectBuffer frame;
    private int offset;
    private int length;
    private long position;

    /**
     * Publishes through {@code publication}, which this closes.
     *
     * @param description of the stream, for messages
     * @param session of the publication
     * @param frameLength longest frame in bytes
     * @param onBackPressure called each time that the log has no room
     */
    public FramePublication(
            ExclusivePublication publication,
            String description,
            DataSession session,
            int frameLength,
            Runnable onBackPressure) {
        this.publication = publication;
        this.description = description;
        this.onBackPressure = onBackPressure;
        this.epoch = session.epoch();
        this.sealer = session.security().encrypt() ? session.sealer(publication.initialTermId(), frameLength) : null;
        this.overhead = session.security().frameOverhead();
    }

    /**
     * Publishes one frame of {@code floats} floats at {@code address}; what comes before them, see {@link FrameHeader}.
     *
     * @return false when the log has no room yet, or the receiver is not there (yet)
     * @throws CoveyException a failure when the stream is closed or at its end
     */
    public boolean tryPublish(
            int type,
            int flags,
            long step,
            int node,
            int chunk,
            int samples,
            float learningRate,
            long address,
            int floats) {
        if (!tryBegin(type, flags, step, node, chunk, samples, learningRate, floats * Float.BYTES)) {
            return false;
        }
        if (floats > 0) {
            kernels.copy(frame.addressOffset() + offset + FrameHeader.LENGTH, address, floats);
        }
        commit();
        return true;
    }

    /**
     * Publishes one frame of a chunk's code; what comes before it, see {@link FrameHeader}.
     *
     * @param chunk of {@code range}
     * @param codec of the range
     * @param address of the chunk's first float
     * @param residual see {@link ChunkCodec#encode}
     * @return false, and nothing is encoded, when the log has no room yet, or the receiver is not there (yet)
     * @throws CoveyException a failure when the stream is closed or at its end
     */
    public boolean tryPublish(
            int type,
            int flags,
            long step,
            int node,
            int chunk,
            int samples,
            float learningRate,
            ChunkCodec codec,
            ChunkedRange range,
            long address,
            long residual) {
        long start = range.start(chunk);
        int floats = range.length(chunk);
        if (!tryBegin(type, flags, step, node, chunk, samples, learningRate, codec.bytes(start, floats))) {
            return false;
        }
        codec.encode(start, floats, address, residual, frame, offset + FrameHeader.LENGTH);
        commit();
        return true;
    }

    /** Makes room for a frame and writes its header; {@code payload} bytes are to follow. */
    private boolean tryBegin(
            int type, int flags, long step, int node, int chunk, int samples, float learningRate, int payload) {
        if (!tryClaim(FrameHeader.LENGTH + payload)) {
            return false;
        }
        FrameHeader.encode(frame, offset, type, flags, epoch, step, node, chunk, samples, learningRate);
        return true;
    }

    /** Makes room for a frame, in the log or where it is sealed: {@link #frame} from {@link #offset} on. */
    private boolean tryClaim(int newLength) {
        long result = publication.tryClaim(newLength + overhead, claim);
        if (result < 0) {
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw CoveyException.failure(description + " is " + Publication.errorString(result));
            }
            if (result == Publication.BACK_PRESSURED) {
                onBackPressure.run();
            }
            return false;
        }
        position = result;
        length = newLength;
        frame = sealer == null ? claim.buffer() : sealer.plain();
        offset = sealer == null ? claim.offset() : 0;
        return true;
    }

    private void commit() {
        if (sealer != null) {
            sealer.seal(length, claim.buffer(), claim.offset(), position);
        }
        claim.commit();
    }

    @Override
    public void close() {
        publication.close();
    }

    @Override
    public String toString() {
        return description;
    }
}
