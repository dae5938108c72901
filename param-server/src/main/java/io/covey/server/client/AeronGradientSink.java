package io.covey.server.client;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import io.covey.server.wire.ChunkCodec;

/** Publishes gradients to a shard of another process. */
final class AeronGradientSink implements GradientSink {
    private final FramePublication publication;
    private final ChunkedRange range;
    private final ChunkCodec codec;

    /** @param codec null where gradients travel as they are */
    AeronGradientSink(FramePublication publication, ChunkedRange range, ChunkCodec codec) {
        this.publication = publication;
        this.range = range;
        this.codec = codec;
    }

    @Override
    public boolean tryReady(int worker, long address, int floats) {
        return publication.tryPublish(FrameHeader.READY, 0, 0, worker, 0, 0, 0f, address, floats);
    }

    @Override
    public boolean tryTaken(int worker, long step) {
        return publication.tryPublish(FrameHeader.TAKEN, 0, step, worker, 0, 0, 0f, 0, 0);
    }

    @Override
    public void synchronize(long nextStep) {
        // Frames carry their step.
    }

    @Override
    public boolean trySend(
            int node,
            int chunk,
            long step,
            int samples,
            float learningRate,
            boolean last,
            long address,
            long residual) {
        int flags = last ? FrameHeader.LAST_STEP : 0;
        int type = FrameHeader.GRADIENT;
        return codec == null
                ? publication.tryPublish(
                        type, flags, step, node, chunk, samples, learningRate, address, range.length(chunk))
                : publication.tryPublish(
                        type, flags, step, node, chunk, samples, learningRate, codec, range, address, residual);
    }

    @Override
    public boolean tryNorms(int shard, int part, long step, long address, int floats) {
        return publication.tryPublish(FrameHeader.NORMS, 0, step, shard, part, 0, 0f, address, floats);
    }

    @Override
    public void close() {
        publication.close();
    }
}
