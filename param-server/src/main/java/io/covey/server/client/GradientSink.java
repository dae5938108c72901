package io.covey.server.client;

/** The way to one server shard on another worker. */
interface GradientSink extends AutoCloseable {
    /**
     * Tells the shard that {@code worker} receives its parameters, in a frame as long as any.
     *
     * @return false when that cannot be told yet
     */
    boolean tryReady(int worker, long address, int floats);

    /**
     * Tells the shard that {@code worker}, which contributes nothing, has all parameters after {@code step}.
     *
     * @return false when that cannot be told yet
     */
    boolean tryTaken(int worker, long step);

    /** The steps to come begin with {@code nextStep}. */
    void synchronize(long nextStep);

    /**
     * Sends one chunk of a contribution.
     *
     * @param address of the chunk's first float
     * @param residual see {@link io.covey.server.wire.ChunkCodec#encode}
     * @return false when there is no room yet
     */
    boolean trySend(
            int node, int chunk, long step, int samples, float learningRate, boolean last, long address, long residual);

    /**
     * Sends a part of the norms of server shard {@code shard}, which this worker hosts.
     *
     * @return false when there is no room yet
     */
    boolean tryNorms(int shard, int part, long step, long address, int floats);

    @Override
    void close();
}
