package io.covey.server.client;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.covey.server.exchange.RetainedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.transport.EndpointSubscription;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/** Keeps a copy of the optimizer slots of a shard in another process. */
final class SlotReceiver extends ChunkReceiver {
    private final ChunkedRange range;
    private final EndpointSubscription subscription;
    private final List<NativeFloats> slots;
    private final List<RetainedFloats> retained;
    private final VectorKernels kernels = new VectorKernels();

    /** A receiver of {@code slotCount} vectors, for which it has memory of its own. */
    static SlotReceiver of(
            ChunkedRange range, int slotCount, int epoch, EndpointSubscription subscription, DroppedFrames dropped) {
        List<NativeFloats> slots = Stream.generate(
                        () -> NativeFloats.allocate(range.range().length()))
                .limit(slotCount)
                .toList();
        List<RetainedFloats> retained =
                slots.stream().map(slot -> new RetainedFloats(range, slot)).toList();
        return new SlotReceiver(range, epoch, subscription, slots, retained, dropped);
    }

    private SlotReceiver(
            ChunkedRange range,
            int epoch,
            EndpointSubscription subscription,
            List<NativeFloats> slots,
            List<RetainedFloats> retained,
            DroppedFrames dropped) {
        super(range, FrameHeader.SLOT, "slots", slots.size(), epoch, retained, dropped);
        this.range = range;
        this.subscription = subscription;
        this.slots = slots;
        this.retained = retained;
    }

    /** The slots, in the optimizer's order. */
    List<RetainedFloats> retained() {
        return retained;
    }

    @Override
    int read(ControlledFragmentHandler reader, int fragmentLimit) {
        return subscription.controlledPoll(reader, fragmentLimit);
    }

    @Override
    boolean hasImage(int session) {
        return subscription.hasImage(session);
    }

    @Override
    int vector(FrameHeader frame) {
        return frame.node();
    }

    @Override
    int bytes(int chunk) {
        return range.length(chunk) * Float.BYTES;
    }

    @Override
    void take(FrameHeader frame, DirectBuffer buffer, int offset) {
        int chunk = frame.chunk();
        long target = slots.get(frame.node()).address(range.start(chunk));
        kernels.copy(target, buffer.addressOffset() + offset, range.length(chunk));
    }

    @Override
    public boolean isLastStep(long doneStep) {
        return false;
    }

    @Override
    public void disconnect() {
        subscription.close();
    }

    @Override
    public void close() {
        CloseHelper.close(subscription);
        CloseHelper.closeAll(retained);
        CloseHelper.closeAll(slots);
    }
}
