package io.covey.server.exchange;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.BitSet;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/** Takes the parameters of a shard of another process. */
final class AeronParameterReceiver implements ParameterReceiver {
    private static final int FRAGMENT_LIMIT = 8;

    private final ChunkedRange range;
    private final int chunks;
    private final int epoch;
    private final Subscription subscription;
    private final NativeFloats parameters;
    private final ChunkCodec codec;
    private final DroppedFrames dropped;
    private final FrameHeader header = new FrameHeader();
    private final VectorKernels kernels = new VectorKernels();
    private final BitSet received;
    private final RetainedFloats retained;

    private ControlledFragmentHandler handler;
    private int sessionId;
    private boolean probed;
    private long step;
    private int receivedChunks;
    private long lastStep = Long.MIN_VALUE;
    private long firstStep;
    private int lead;
    private CoveyException failure;

    /**
     * A receiver.
     *
     * @param codec null where parameters travel as they are
     * @param replicates whether this worker keeps the shard's replica, and these parameters are exact
     */
    AeronParameterReceiver(
            ChunkedRange range,
            int epoch,
            Subscription subscription,
            NativeFloats parameters,
            ChunkCodec codec,
            boolean replicates,
            DroppedFrames dropped) {
        this.range = range;
        this.chunks = range.chunks();
        this.epoch = epoch;
        this.subscription = subscription;
        this.parameters = parameters;
        this.codec = codec;
        this.dropped = dropped;
        this.received = new BitSet(chunks);
        this.retained = replicates
                ? new RetainedFloats(
                        range,
                        parameters.slice(range.range().offset(), range.range().length()))
                : null;
    }

    /** Hears of frames through {@code guard}, of one session. */
    void guard(ControlledFragmentHandler guard, int session) {
        handler = guard;
        sessionId = session;
    }

    @Override
    public int shard() {
        return range.range().shard();
    }

    @Override
    public boolean isConnected() {
        Image image = subscription.imageBySessionId(sessionId);
        return image != null && !image.isClosed();
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
        expect(nextStep - 1);
    }

    @Override
    public void skipTo(long nextStep) {
        expect(nextStep);
    }

    private void expect(long newStep) {
        step = newStep;
        receivedChunks = 0;
        received.clear();
    }

    @Override
    public boolean isDone(long doneStep) {
        return step > doneStep;
    }

    @Override
    public boolean isLastStep(long doneStep) {
        return lastStep == doneStep;
    }

    /** What the last parameters said: by how many steps the next step is ahead of that which they were asked for after. */
    int lead() {
        return lead;
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
        if (header.version() != FrameHeader.VERSION
                || header.type() != FrameHeader.PARAMETERS
                || chunk < 0
                || chunk >= chunks
                || length != FrameHeader.LENGTH + bytes(chunk)) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || header.step() < step) {
            dropped.countStale();
        } else if (header.step() > step) {
            failure = CoveyException.failure("server shard " + shard() + " sent parameters of step " + header.step()
                    + " while those of step " + step + " were not complete");
        } else if (received.get(chunk)) {
            dropped.countDuplicate();
        } else {
            accept(chunk, buffer, offset + FrameHeader.LENGTH);
            if (receivedChunks == 0) {
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

    private int bytes(int chunk) {
        int floats = range.length(chunk);
        return codec == null ? floats * Float.BYTES : codec.bytes(range.start(chunk), floats);
    }

    private void accept(int chunk, DirectBuffer buffer, int offset) {
        if (retained != null && step >= firstStep) {
            retained.save(chunk);
        }
        long target = parameters.address(range.offset(chunk));
        if (codec == null) {
            kernels.copy(target, buffer.addressOffset() + offset, range.length(chunk));
        } else {
            codec.decode(range.start(chunk), range.length(chunk), buffer, offset, target);
        }
        if (header.isLastStep()) {
            lastStep = step;
        }
        lead = header.node();
        received.set(chunk);
        if (++receivedChunks == chunks) {
            expect(step + 1);
            if (retained != null && step == firstStep) {
                retained.reset(step);
            } else if (retained != null) {
                retained.advance(step);
            }
        }
    }

    /** The replica's parameters; null if another worker keeps it. */
    RetainedFloats retained() {
        return retained;
    }

    @Override
    public void disconnect() {
        subscription.close();
    }

    @Override
    public void close() {
        disconnect();
        CloseHelper.close(retained);
    }
}
