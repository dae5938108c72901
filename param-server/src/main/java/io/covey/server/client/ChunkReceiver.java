package io.covey.server.client;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.covey.server.exchange.RetainedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameGuard;
import io.covey.server.frame.FrameHeader;
import io.covey.server.security.DataSession;
import io.covey.trainer.CoveyException;
import java.util.BitSet;
import java.util.List;
import org.agrona.DirectBuffer;

/** Takes vectors of a shard of another process, step after step, each of them chunk by chunk in any order. */
abstract class ChunkReceiver implements ParameterReceiver {
    private static final int FRAGMENT_LIMIT = 8;

    private final ChunkedRange range;
    private final int frameType;
    private final String content;
    private final int vectors;
    private final int epoch;
    private final List<RetainedFloats> retained;
    private final DroppedFrames dropped;
    private final FrameHeader header = new FrameHeader();
    /** By chunk and vector. */
    private final BitSet received;

    private ControlledFragmentHandler handler;
    private int sessionId;
    private boolean probed;
    private int receivedChunks;
    private long step;
    private long firstStep;
    private CoveyException failure;

    /**
     * A receiver that knows no peer yet, see {@link #accept}.
     *
     * @param frameType of the frames that carry the chunks
     * @param content what they are, in errors
     * @param vectors how many there are
     * @param retained what keeps them of past steps; empty where that is not wanted
     */
    ChunkReceiver(
            ChunkedRange range,
            int frameType,
            String content,
            int vectors,
            int epoch,
            List<RetainedFloats> retained,
            DroppedFrames dropped) {
        this.range = range;
        this.frameType = frameType;
        this.content = content;
        this.vectors = vectors;
        this.epoch = epoch;
        this.retained = retained;
        this.dropped = dropped;
        this.received = new BitSet(range.chunks() * vectors);
    }

    /** From now on takes the frames of {@code sender}, of at most {@code frameLength} bytes, and no others. */
    final void accept(DataSession sender, int frameLength) {
        handler = new FrameGuard(this::onFragment, List.of(sender), frameLength, dropped);
        sessionId = sender.id();
    }

    /** Reads from the stream; returns the number of frames. */
    abstract int read(ControlledFragmentHandler reader, int fragmentLimit);

    /** Whether the publication with this session arrives here. */
    abstract boolean hasImage(int session);

    /** Which of the vectors a frame carries a chunk of. */
    abstract int vector(FrameHeader frame);

    /** How many bytes a chunk takes in a frame. */
    abstract int bytes(int chunk);

    /** Takes a chunk, whose numbers are at {@code offset} of {@code buffer}. */
    abstract void take(FrameHeader frame, DirectBuffer buffer, int offset);

    @Override
    public final int shard() {
        return range.range().shard();
    }

    @Override
    public final boolean isConnected() {
        return hasImage(sessionId);
    }

    @Override
    public final boolean pollProbe() {
        if (!probed) {
            poll();
        }
        return probed;
    }

    @Override
    public final void synchronize(long nextStep) {
        firstStep = nextStep;
        expect(nextStep - 1);
    }

    @Override
    public final void skipTo(long nextStep) {
        expect(nextStep);
    }

    private void expect(long newStep) {
        step = newStep;
        receivedChunks = 0;
        received.clear();
    }

    @Override
    public final boolean isDone(long doneStep) {
        return step > doneStep;
    }

    @Override
    public final int poll() {
        int work = read(handler, FRAGMENT_LIMIT);
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    final Action onFragment(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (length < FrameHeader.LENGTH) {
            dropped.countMalformed();
            return Action.CONTINUE;
        }
        header.wrap(buffer, offset);
        if (header.version() == FrameHeader.VERSION && header.type() == FrameHeader.PROBE) {
            return onProbe(length);
        }
        int chunk = header.chunk();
        int vector = vector(header);
        if (header.version() != FrameHeader.VERSION
                || header.type() != frameType
                || chunk < 0
                || chunk >= range.chunks()
                || vector < 0
                || vector >= vectors
                || length != FrameHeader.LENGTH + bytes(chunk)) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || header.step() < step) {
            dropped.countStale();
        } else if (header.step() > step) {
            failure = CoveyException.failure("server shard " + shard() + " sent " + content + " of step "
                    + header.step() + " while those of step " + step + " were not complete");
        } else if (received.get(chunk * vectors + vector)) {
            dropped.countDuplicate();
        } else {
            keep(chunk, vector, buffer, offset + FrameHeader.LENGTH);
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

    private void keep(int chunk, int vector, DirectBuffer buffer, int offset) {
        if (!retained.isEmpty() && step >= firstStep) {
            retained.get(vector).save(chunk);
        }
        take(header, buffer, offset);
        received.set(chunk * vectors + vector);
        if (++receivedChunks == range.chunks() * vectors) {
            expect(step + 1);
            for (int i = 0; i < retained.size(); i++) {
                if (step == firstStep) {
                    retained.get(i).reset(step);
                } else {
                    retained.get(i).advance(step);
                }
            }
        }
    }
}
