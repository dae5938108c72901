package io.covey.server.client;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.covey.server.exchange.RetainedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/** Takes the parameters of a shard of another process. */
final class AeronParameterReceiver extends ChunkReceiver {
    private final ChunkedRange range;
    private final Subscription subscription;
    private final NativeFloats parameters;
    private final ChunkCodec codec;
    private final VectorKernels kernels = new VectorKernels();
    private final RetainedFloats retained;

    private long lastStep = Long.MIN_VALUE;
    private int lead;

    /**
     * A receiver.
     *
     * @param codec null where parameters travel as they are
     * @param retained keeps these parameters, which are exact, of past steps; null where this worker has no replica of them
     */
    AeronParameterReceiver(
            ChunkedRange range,
            int epoch,
            Subscription subscription,
            NativeFloats parameters,
            ChunkCodec codec,
            RetainedFloats retained,
            DroppedFrames dropped) {
        super(
                range,
                FrameHeader.PARAMETERS,
                "parameters",
                1,
                epoch,
                retained == null ? List.of() : List.of(retained),
                dropped);
        this.range = range;
        this.subscription = subscription;
        this.parameters = parameters;
        this.codec = codec;
        this.retained = retained;
    }

    @Override
    int read(ControlledFragmentHandler reader, int fragmentLimit) {
        return subscription.controlledPoll(reader, fragmentLimit);
    }

    @Override
    boolean hasImage(int session) {
        Image image = subscription.imageBySessionId(session);
        return image != null && !image.isClosed();
    }

    @Override
    int vector(FrameHeader frame) {
        return 0;
    }

    @Override
    int bytes(int chunk) {
        int floats = range.length(chunk);
        return codec == null ? floats * Float.BYTES : codec.bytes(range.start(chunk), floats);
    }

    @Override
    void take(FrameHeader frame, DirectBuffer buffer, int offset) {
        int chunk = frame.chunk();
        long target = parameters.address(range.offset(chunk));
        if (codec == null) {
            kernels.copy(target, buffer.addressOffset() + offset, range.length(chunk));
        } else {
            codec.decode(range.start(chunk), range.length(chunk), buffer, offset, target);
        }
        if (frame.isLastStep()) {
            lastStep = frame.step();
        }
        lead = frame.node();
    }

    @Override
    public boolean isLastStep(long doneStep) {
        return lastStep == doneStep;
    }

    /** What the last parameters said: by how many steps the next step is ahead of that which they were asked for after. */
    int lead() {
        return lead;
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
