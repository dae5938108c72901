package io.covey.server.client;

import io.covey.server.exchange.Contributions;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.shard.InProcessShard;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.VectorKernels;

/** Hands gradients to a shard of the same process. */
final class InProcessGradientSink implements GradientSink {
    private final InProcessShard shard;
    private final int worker;
    private final int chunks;
    private final int[] indexByNode;
    private final ChunkedRange range;
    private final ChunkCodec codec;
    private final VectorKernels kernels = new VectorKernels();
    private int generation;
    private long firstStep;

    /** @param codec null where gradients travel as they are */
    InProcessGradientSink(
            InProcessShard shard, int worker, ChunkedRange range, Contributions contributions, ChunkCodec codec) {
        this.shard = shard;
        this.worker = worker;
        this.range = range;
        this.codec = codec;
        this.chunks = range.chunks();
        this.indexByNode = contributions.indexByNode();
    }

    @Override
    public boolean tryReady(int readyWorker, long address, int floats) {
        return shard.enter(readyWorker);
    }

    @Override
    public boolean tryTaken(int takingWorker, long step) {
        shard.take(takingWorker, step);
        return true;
    }

    @Override
    public void synchronize(long nextStep) {
        generation++;
        firstStep = nextStep;
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
        int index = indexByNode[node];
        long target = shard.gradientAddress(index, chunk);
        if (codec == null) {
            kernels.copy(target, address, range.length(chunk));
        } else {
            codec.roundTrip(range.start(chunk), range.length(chunk), address, residual, target);
        }
        long position = InProcessShard.position(generation, (step + 1 - firstStep) * chunks - chunk);
        shard.contribute(index, samples, learningRate, last, position);
        return true;
    }

    @Override
    public boolean tryNorms(int ofShard, int part, long step, long address, int floats) {
        shard.norms().put(ofShard, part, step, address, kernels);
        return true;
    }

    @Override
    public void close() {
        shard.leave(worker);
    }
}
