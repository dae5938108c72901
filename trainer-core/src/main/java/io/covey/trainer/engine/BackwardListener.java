package io.covey.trainer.engine;

/** Hears, on the program's thread, how far {@link Program#forwardBackward} has come. */
@FunctionalInterface
public interface BackwardListener {
    /** Hears nothing. */
    BackwardListener NONE = offset -> {};

    /**
     * The run is done with the end of the flat vectors: it writes no gradient and reads no parameter there any more. The
     * metrics are complete. Not called for the whole vector, which is done when the run returns.
     *
     * @param offset first float of that end, ever smaller within a run
     */
    void doneFrom(long offset);
}
