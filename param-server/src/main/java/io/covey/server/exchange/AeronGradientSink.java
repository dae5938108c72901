package io.covey.server.exchange;

/** Publishes gradients to a shard of another process. */
final class AeronGradientSink implements GradientSink {
    private final FramePublication publication;

    AeronGradientSink(FramePublication publication) {
        this.publication = publication;
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
            int node, int chunk, long step, int samples, float learningRate, boolean last, long address, int floats) {
        int flags = last ? FrameHeader.LAST_STEP : 0;
        return publication.tryPublish(
                FrameHeader.GRADIENT, flags, step, node, chunk, samples, learningRate, address, floats);
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
