package io.covey.server.client;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.shard.InProcessShard;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;

/** Takes the parameters of a shard of the same process from the vector of the worker that hosts it. */
final class InProcessParameterReceiver implements ParameterReceiver {
    private static final int CHUNK_LIMIT = 4;

    private final InProcessShard shard;
    private final ChunkedRange range;
    private final int chunks;
    private final int worker;
    private final int host;
    private final NativeFloats parameters;
    private final VectorKernels kernels = new VectorKernels();

    private int generation;
    private long position;
    private long step;
    private int receivedChunks;
    private long lastStep = Long.MIN_VALUE;
    private boolean left;

    InProcessParameterReceiver(
            InProcessShard shard, ChunkedRange range, int worker, int host, NativeFloats parameters) {
        this.shard = shard;
        this.range = range;
        this.chunks = range.chunks();
        this.worker = worker;
        this.host = host;
        this.parameters = parameters;
    }

    @Override
    public int shard() {
        return range.range().shard();
    }

    @Override
    public boolean isConnected() {
        return shard.isPresent(host) || position < shard.published();
    }

    @Override
    public boolean pollProbe() {
        return true;
    }

    @Override
    public void synchronize(long nextStep) {
        generation++;
        position = InProcessShard.position(generation, 0);
        step = nextStep - 1;
        receivedChunks = 0;
    }

    @Override
    public void skipTo(long nextStep) {
        step = nextStep;
    }

    @Override
    public int poll() {
        long available = Math.min(shard.published(), position + Math.min(CHUNK_LIMIT, chunks - receivedChunks));
        int work = 0;
        while (position < available) {
            position++;
            work++;
            accept(shard.publishedChunk(position));
        }
        if (work > 0) {
            shard.consume(worker, position);
        }
        return work;
    }

    private void accept(int entry) {
        int chunk = entry < 0 ? ~entry : entry;
        long offset = range.offset(chunk);
        kernels.copy(parameters.address(offset), shard.parameterAddress(offset), range.length(chunk));
        if (entry < 0) {
            lastStep = step;
        }
        if (++receivedChunks == chunks) {
            receivedChunks = 0;
            step++;
        }
    }

    @Override
    public boolean isDone(long doneStep) {
        return step > doneStep;
    }

    @Override
    public boolean isLastStep(long doneStep) {
        return lastStep == doneStep;
    }

    @Override
    public void disconnect() {
        if (!left) {
            left = true;
            shard.leave(worker);
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
