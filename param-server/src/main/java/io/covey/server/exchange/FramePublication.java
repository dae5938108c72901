package io.covey.server.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.covey.server.security.DataSession;
import io.covey.server.security.FrameSealer;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.VectorKernels;
import org.agrona.MutableDirectBuffer;

/** Writes data frames straight into a log. Used by one thread. */
final class FramePublication implements AutoCloseable {
    private final ExclusivePublication publication;
    private final String description;
    private final int epoch;
    private final FrameSealer sealer;
    private final int overhead;
    private final BufferClaim claim = new BufferClaim();
    private final VectorKernels kernels = new VectorKernels();

    /**
     * Publishes through {@code publication}, which this closes.
     *
     * @param session of the publication
     * @param frameLength longest frame in bytes
     */
    FramePublication(ExclusivePublication publication, String description, DataSession session, int frameLength) {
        this.publication = publication;
        this.description = description;
        this.epoch = session.epoch();
        this.sealer = session.security().encrypt() ? session.sealer(publication.initialTermId(), frameLength) : null;
        this.overhead = session.security().frameOverhead();
    }

    /**
     * Publishes one frame of {@code floats} floats at {@code address}.
     *
     * @return false when the log has no room yet, or the receiver is not there (yet)
     */
    boolean tryPublish(
            int type,
            int flags,
            long step,
            int node,
            int chunk,
            int samples,
            float learningRate,
            long address,
            int floats) {
        int length = FrameHeader.LENGTH + floats * Float.BYTES;
        long result = publication.tryClaim(length + overhead, claim);
        if (result < 0) {
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw CoveyException.failure(description + " is " + Publication.errorString(result));
            }
            return false;
        }
        MutableDirectBuffer frame = sealer == null ? claim.buffer() : sealer.plain();
        int offset = sealer == null ? claim.offset() : 0;
        FrameHeader.encode(frame, offset, type, flags, epoch, step, node, chunk, samples, learningRate);
        if (floats > 0) {
            kernels.copy(frame.addressOffset() + offset + FrameHeader.LENGTH, address, floats);
        }
        if (sealer != null) {
            sealer.seal(length, claim.buffer(), claim.offset(), result);
        }
        claim.commit();
        return true;
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
