package io.covey.server.exchange;

import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.BitSet;
import org.agrona.DirectBuffer;

/** Takes the parameters of one server shard on another worker into the flat vector. Used by one thread. */
final class ParameterReceiver implements AutoCloseable {
    private static final int FRAGMENT_LIMIT = 8;

    private final ChunkedRange range;
    private final int chunks;
    private final int epoch;
    private final Subscription subscription;
    private final NativeFloats parameters;
    private final DroppedFrames dropped;
    private final FragmentHandler handler = this::onFragment;
    private final FrameHeader header = new FrameHeader();
    private final VectorKernels kernels = new VectorKernels();
    private final BitSet received;

    private long step;
    private int receivedChunks;
    private long lastStep = Long.MIN_VALUE;
    private CoveyException failure;

    ParameterReceiver(
            ChunkedRange range, int epoch, Subscription subscription, NativeFloats parameters, DroppedFrames dropped) {
        this.range = range;
        this.chunks = range.chunks();
        this.epoch = epoch;
        this.subscription = subscription;
        this.parameters = parameters;
        this.dropped = dropped;
        this.received = new BitSet(chunks);
    }

    /** Number of the shard. */
    int shard() {
        return range.range().shard();
    }

    /** Whether the shard's publication has arrived at this worker and is alive. */
    boolean isConnected() {
        return subscription.imageCount() > 0;
    }

    /** The next parameters to come are those after {@code newStep}. */
    void expect(long newStep) {
        step = newStep;
        receivedChunks = 0;
        received.clear();
    }

    /** Whether the parameters after {@code doneStep} are all there. */
    boolean isDone(long doneStep) {
        return step > doneStep;
    }

    /** Whether {@code doneStep} was marked as the last. */
    boolean isLastStep(long doneStep) {
        return lastStep == doneStep;
    }

    /** Takes what has arrived; returns the number of frames. */
    int poll() {
        int work = subscription.poll(handler, FRAGMENT_LIMIT);
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    private void onFragment(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (length < FrameHeader.LENGTH) {
            dropped.countMalformed();
            return;
        }
        header.wrap(buffer, offset);
        int chunk = header.chunk();
        if (header.version() != FrameHeader.VERSION
                || header.type() != FrameHeader.PARAMETERS
                || chunk < 0
                || chunk >= chunks
                || length != FrameHeader.LENGTH + range.length(chunk) * Float.BYTES) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || header.step() < step) {
            dropped.countStale();
        } else if (header.step() > step) {
            failure = CoveyException.failure("server shard " + shard() + " sent parameters of step " + header.step()
                    + " while those of step " + step + " were not complete");
        } else if (received.get(chunk)) {
            dropped.countDuplicate();
        } else {
            accept(chunk, buffer.addressOffset() + offset + FrameHeader.LENGTH);
        }
    }

    private void accept(int chunk, long address) {
        kernels.copy(parameters.address(range.offset(chunk)), address, range.length(chunk));
        if (header.isLastStep()) {
            lastStep = step;
        }
        received.set(chunk);
        if (++receivedChunks == chunks) {
            expect(step + 1);
        }
    }

    @Override
    public void close() {
        subscription.close();
    }
}
