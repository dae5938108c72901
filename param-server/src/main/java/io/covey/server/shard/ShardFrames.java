package io.covey.server.shard;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.update.NormInbox;
import org.agrona.DirectBuffer;

/**
 * Reads the frames that come to a server shard: those that are whole and of its membership reach who waits for them, others are
 * counted and dropped. Used by the shard's thread.
 */
final class ShardFrames implements ControlledFragmentHandler {
    private final ShardServer shard;
    private final ChunkedRange range;
    private final int epoch;
    private final int[] indexByNode;
    private final ShardGradients gradients;
    private final NormInbox norms;
    private final ReadyWorkers ready;
    private final SpectatorGate gate;
    private final DroppedFrames dropped;
    private final FrameHeader header = new FrameHeader();

    /** The frames for {@code shard}, which holds the other arguments. */
    ShardFrames(
            ShardServer shard,
            ChunkedRange range,
            int epoch,
            int[] indexByNode,
            ShardGradients gradients,
            NormInbox norms,
            ReadyWorkers ready,
            SpectatorGate gate,
            DroppedFrames dropped) {
        this.shard = shard;
        this.range = range;
        this.epoch = epoch;
        this.indexByNode = indexByNode;
        this.gradients = gradients;
        this.norms = norms;
        this.ready = ready;
        this.gate = gate;
        this.dropped = dropped;
    }

    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (length < FrameHeader.LENGTH || header.wrap(buffer, offset).version() != FrameHeader.VERSION) {
            dropped.countMalformed();
        } else if (header.type() == FrameHeader.GRADIENT) {
            return onGradient(buffer, offset + FrameHeader.LENGTH, length - FrameHeader.LENGTH);
        } else if (header.type() == FrameHeader.NORMS) {
            norms.onFrame(header, buffer.addressOffset() + offset, length, epoch, shard.step(), dropped);
        } else if (header.type() == FrameHeader.READY
                && ready.isMember(header.node())
                && length == FrameHeader.LENGTH + range.length(0) * Float.BYTES) {
            onReady(aeronHeader.sessionId());
        } else if (header.type() == FrameHeader.TAKEN
                && length == FrameHeader.LENGTH
                && header.epoch() == epoch
                && header.step() < shard.step()
                && gate.isSpectator(header.node())) {
            gate.taken(header.node(), header.step());
        } else {
            dropped.countMalformed();
        }
        return Action.CONTINUE;
    }

    private void onReady(int session) {
        if (header.epoch() == epoch) {
            ready.add(header.node(), session);
        } else {
            dropped.countStale();
        }
    }

    private Action onGradient(DirectBuffer buffer, int offset, int bytes) {
        int chunk = header.chunk();
        int index = header.node() >= 0 && header.node() < indexByNode.length ? indexByNode[header.node()] : -1;
        if (chunk < 0
                || chunk >= range.chunks()
                || index < 0
                || bytes != gradients.bytes(chunk)
                || header.samples() < 0
                || !Float.isFinite(header.learningRate())) {
            dropped.countMalformed();
            return Action.CONTINUE;
        }
        if (header.epoch() != epoch || header.step() < shard.step()) {
            dropped.countStale();
            return Action.CONTINUE;
        }
        return shard.onGradient(header, index, buffer, offset);
    }
}
