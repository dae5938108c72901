package io.covey.server.exchange;

import io.covey.trainer.memory.VectorKernels;

/** Hands gradients to a shard of the same process. */
final class InProcessGradientSink implements GradientSink {
    private final InProcessShard shard;
    private final int worker;
    private final int chunks;
    private final int[] indexByNode;
    private final VectorKernels kernels = new VectorKernels();
    private int generation;
    private long firstStep;

    InProcessGradientSink(InProcessShard shard, int worker, ChunkedRange range, Contributions contributions) {
        this.shard = shard;
        this.worker = worker;
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
            int node, int chunk, long step, int samples, float learningRate, boolean last, long address, int floats) {
        long position = InProcessShard.position(generation, (step - firstStep) * chunks + chunk + 1);
        shard.contribute(indexByNode[node], chunk, address, samples, learningRate, last, position, kernels);
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
