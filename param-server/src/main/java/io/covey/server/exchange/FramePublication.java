package io.covey.server.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.VectorKernels;

/** Writes data frames straight into a log. Used by one thread. */
final class FramePublication implements AutoCloseable {
    private final ExclusivePublication publication;
    private final String description;
    private final int epoch;
    private final BufferClaim claim = new BufferClaim();
    private final VectorKernels kernels = new VectorKernels();

    FramePublication(ExclusivePublication publication, String description, int epoch) {
        this.publication = publication;
        this.description = description;
        this.epoch = epoch;
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
        long result = publication.tryClaim(FrameHeader.LENGTH + floats * Float.BYTES, claim);
        if (result < 0) {
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw CoveyException.failure(description + " is " + Publication.errorString(result));
            }
            return false;
        }
        FrameHeader.encode(
                claim.buffer(), claim.offset(), type, flags, epoch, step, node, chunk, samples, learningRate);
        if (floats > 0) {
            kernels.copy(claim.buffer().addressOffset() + claim.offset() + FrameHeader.LENGTH, address, floats);
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
