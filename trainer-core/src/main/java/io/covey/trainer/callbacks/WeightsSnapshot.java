package io.covey.trainer.callbacks;

/**
 * The model's weights of one moment, without the optimizer's state, kept where the run keeps them (in a cluster, by the
 * servers). Belongs to the {@link Training} that made it; used by the same thread.
 */
public interface WeightsSnapshot extends AutoCloseable {
    /** A text from which {@link Training#decodeWeights} makes an equal snapshot after a resume. */
    String encode();

    /** Frees it. */
    @Override
    void close();
}
