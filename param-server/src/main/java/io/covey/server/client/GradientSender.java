package io.covey.server.client;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.update.NormExchange;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.NativeFloats;

/** Sends this worker's gradient sums to one server shard on another worker. Used by one thread. */
final class GradientSender implements NormExchange.Target, AutoCloseable {
    private final ChunkedRange range;
    private final GradientSink sink;

    private NativeFloats gradientSum;
    private NativeFloats residual;
    private long step;
    private int node;
    private int samples;
    private float learningRate;
    private boolean last;
    /** Chunks that are not sent, from the first on: they go from the last to the first. */
    private int left;
    /** Chunks before this one are not final. */
    private int finalFrom;

    GradientSender(ChunkedRange range, GradientSink sink) {
        this.range = range;
        this.sink = sink;
    }

    /** Number of the shard. */
    int shard() {
        return range.range().shard();
    }

    /** Tells the shard that {@code worker} receives its parameters; false when that cannot be sent yet. */
    boolean sendReady(int worker, NativeFloats anything) {
        return sink.tryReady(worker, anything.address(range.offset(0)), range.length(0));
    }

    @Override
    public boolean trySend(int ofShard, int part, long ofStep, long address, int floats) {
        return sink.tryNorms(ofShard, part, ofStep, address, floats);
    }

    /** Tells the shard that {@code worker} has all parameters after {@code step}; false when that cannot be sent yet. */
    boolean sendTaken(int worker, long takenStep) {
        return sink.tryTaken(worker, takenStep);
    }

    /** The steps to come begin with {@code nextStep}. */
    void synchronize(long nextStep) {
        sink.synchronize(nextStep);
    }

    /**
     * Takes a contribution; {@link #sendNext} sends what {@link #release} lets it.
     *
     * @param newResidual what the contributions before it have left out, or null
     */
    void begin(
            NativeFloats newGradientSum,
            NativeFloats newResidual,
            long newStep,
            int newNode,
            int newSamples,
            float newLearningRate,
            boolean newLast) {
        gradientSum = newGradientSum;
        residual = newResidual;
        step = newStep;
        node = newNode;
        samples = newSamples;
        learningRate = newLearningRate;
        last = newLast;
        left = range.chunks();
        finalFrom = left;
    }

    /** The flat gradient is final from float {@code from} on. */
    void release(long from) {
        finalFrom = range.firstChunkFrom(from);
    }

    /** Whether all that is final is sent. */
    boolean isDone() {
        return left <= finalFrom;
    }

    /** Sends one more chunk; returns how many were sent: 0 when the log is full or nothing is left. */
    int sendNext() {
        if (isDone()) {
            return 0;
        }
        int chunk = left - 1;
        long offset = range.offset(chunk);
        if (!sink.trySend(
                node,
                chunk,
                step,
                samples,
                learningRate,
                last,
                gradientSum.address(offset),
                residual == null ? ChunkCodec.NO_RESIDUAL : residual.address(offset))) {
            return 0;
        }
        left--;
        return 1;
    }

    @Override
    public void close() {
        sink.close();
    }
}
