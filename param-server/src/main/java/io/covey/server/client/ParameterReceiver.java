package io.covey.server.client;

/** Takes the parameters of one server shard on another worker into the flat vector. Used by one thread. */
interface ParameterReceiver extends AutoCloseable {
    /** Number of the shard. */
    int shard();

    /** Whether the shard's parameters can arrive at this worker. */
    boolean isConnected();

    /** Takes the shard's probe and nothing after it; whether it has come. */
    boolean pollProbe();

    /** The next parameters to come are those before {@code nextStep}, from all shards anew. */
    void synchronize(long nextStep);

    /** The next parameters to come are those after {@code nextStep}: the steps before have none. */
    void skipTo(long nextStep);

    /** Takes what has arrived; returns the number of chunks. */
    int poll();

    /** Whether the parameters after {@code doneStep} are all there. */
    boolean isDone(long doneStep);

    /** Whether {@code doneStep} was marked as the last. */
    boolean isLastStep(long doneStep);

    /** Takes nothing any more; what has arrived stays until {@link #close}. */
    void disconnect();

    @Override
    void close();
}
