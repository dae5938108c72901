package io.covey.trainer.engine;

/** One step of a {@link Program}; reads and writes buffers that were fixed when it was built. */
interface Op {
    void forward();

    /**
     * Turns the gradient of the op's output into that of its input and of its parameters.
     *
     * @param gradientAddress native address of the flat gradient vector
     * @param accumulate whether to add to that vector's numbers, or replace them
     */
    void backward(long gradientAddress, boolean accumulate);
}
