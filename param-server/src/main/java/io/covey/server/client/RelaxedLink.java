package io.covey.server.client;

import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import org.agrona.CloseHelper;

/**
 * A worker's way to one server shard and back, for parameters that it asks for.
 *
 * @param publication of gradients and requests, in one order
 */
record RelaxedLink(GradientSender sender, FramePublication publication, AeronParameterReceiver receiver)
        implements AutoCloseable {
    /** Asks for parameters after {@code step}; false when that cannot be sent yet. */
    boolean tryRead(int worker, long step, int flags) {
        return publication.tryPublish(FrameHeader.READ, flags, step, worker, 0, 0, 0f, 0, 0);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(sender, receiver);
    }
}
