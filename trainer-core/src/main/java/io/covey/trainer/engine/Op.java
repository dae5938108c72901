package io.covey.trainer.engine;

/** One step of a {@link Program}; reads and writes buffers that were fixed when it was built. */
interface Op {
    void forward();

    /** Turns the gradient of the op's output into that of its input and of its parameters. */
    void backward();
}
