package io.covey.trainer.engine;

/** One operation of a {@link Program}; reads and writes buffers that were fixed when it was built. */
public interface Op {
    void forward();

    /**
     * Turns the gradient of the op's outputs into that of its inputs and of its parameters.
     *
     * @param gradientAddress native address of the flat gradient vector
     * @param accumulate whether to add to that vector's numbers, or replace them
     */
    default void backward(long gradientAddress, boolean accumulate) {}

    /** What profiles and memory plans call it. */
    default String label() {
        return getClass().getSimpleName();
    }
}
