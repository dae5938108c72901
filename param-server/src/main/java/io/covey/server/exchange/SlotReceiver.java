package io.covey.server.exchange;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.transport.EndpointSubscription;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/** Keeps a copy of the optimizer slots of a shard in another process. */
final class SlotReceiver implements ParameterReceiver {
    private static final int FRAGMENT_LIMIT = 8;

    private final ChunkedRange range;
    private final int chunks;
    private final int epoch;
    private final EndpointSubscription subscription;
    private final DroppedFrames dropped;
    private final List<NativeFloats> slots = new ArrayList<>();
    private final List<RetainedFloats> retained = new ArrayList<>();
    private final FrameHeader header = new FrameHeader();
    private final VectorKernels kernels = new VectorKernels();
    /** By chunk and slot. */
    private final BitSet received;

    private ControlledFragmentHandler handler;
    private int sessionId;
    private boolean probed;
    private int receivedFrames;
    private long step;
    private long firstStep;
    private CoveyException failure;

    SlotReceiver(
            ChunkedRange range, int slotCount, int epoch, EndpointSubscription subscription, DroppedFrames dropped) {
        this.range = range;
        this.chunks = range.chunks();
        this.epoch = epoch;
        this.subscription = subscription;
        this.dropped = dropped;
        for (int i = 0; i < slotCount; i++) {
            slots.add(NativeFloats.allocate(range.range().length()));
            retained.add(new RetainedFloats(range, slots.get(i)));
        }
        this.received = new BitSet(chunks * slotCount);
    }

    /** Hears of frames through {@code guard}, of one session. */
    void guard(ControlledFragmentHandler guard, int session) {
        handler = guard;
        sessionId = session;
    }

    /** The slots, in the optimizer's order. */
    List<RetainedFloats> retained() {
        return retained;
    }

    @Override
    public int shard() {
        return range.range().shard();
    }

    @Override
    public boolean isConnected() {
        return subscription.hasImage(sessionId);
    }

    @Override
    public boolean pollProbe() {
        if (!probed) {
            poll();
        }
        return probed;
    }

    @Override
    public void synchronize(long nextStep) {
        firstStep = nextStep;
        step = nextStep - 1;
        receivedFrames = 0;
        received.clear();
    }

    @Override
    public void skipTo(long nextStep) {
        step = nextStep;
    }

    @Override
    public boolean isDone(long doneStep) {
        return step > doneStep;
    }

    @Override
    public boolean isLastStep(long doneStep) {
        return false;
    }

    @Override
    public int poll() {
        int work = subscription.controlledPoll(handler, FRAGMENT_LIMIT);
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    Action onFragment(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (length < FrameHeader.LENGTH) {
            dropped.countMalformed();
            return Action.CONTINUE;
        }
        header.wrap(buffer, offset);
        if (header.version() == FrameHeader.VERSION && header.type() == FrameHeader.PROBE) {
            return onProbe(length);
        }
        int chunk = header.chunk();
        int slot = header.node();
        if (header.version() != FrameHeader.VERSION
                || header.type() != FrameHeader.SLOT
                || chunk < 0
                || chunk >= chunks
                || slot < 0
                || slot >= slots.size()
                || length != FrameHeader.LENGTH + range.length(chunk) * Float.BYTES) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || header.step() < step) {
            dropped.countStale();
        } else if (header.step() > step) {
            failure = CoveyException.failure("server shard " + shard() + " sent slots of step " + header.step()
                    + " while those of step " + step + " were not complete");
        } else if (received.get(chunk * slots.size() + slot)) {
            dropped.countDuplicate();
        } else {
            accept(chunk, slot, buffer.addressOffset() + offset + FrameHeader.LENGTH);
            if (receivedFrames == 0) {
                // The step is complete: what comes after it is not yet asked for.
                return Action.BREAK;
            }
        }
        return Action.CONTINUE;
    }

    private Action onProbe(int length) {
        if (length != FrameHeader.LENGTH + range.length(0) * Float.BYTES) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || probed) {
            dropped.countStale();
        } else {
            probed = true;
            // What comes after it is not yet asked for.
            return Action.BREAK;
        }
        return Action.CONTINUE;
    }

    private void accept(int chunk, int slot, long address) {
        if (step >= firstStep) {
            retained.get(slot).save(chunk);
        }
        kernels.copy(slots.get(slot).address(range.start(chunk)), address, range.length(chunk));
        received.set(chunk * slots.size() + slot);
        if (++receivedFrames == chunks * slots.size()) {
            boolean first = step < firstStep;
            step++;
            receivedFrames = 0;
            received.clear();
            for (int i = 0; i < retained.size(); i++) {
                if (first) {
                    retained.get(i).reset(step);
                } else {
                    retained.get(i).advance(step);
                }
            }
        }
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
