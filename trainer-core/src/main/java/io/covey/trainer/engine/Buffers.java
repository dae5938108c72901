package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;

/**
 * Where the buffers of a program come from. A program is lowered twice, in the same order: first for a {@link BufferPlanner}, to
 * see which operations use which buffers, then for {@link PlacedBuffers}, where buffers that are never needed at one time share
 * memory.
 */
sealed interface Buffers extends AutoCloseable permits BufferPlanner, PlacedBuffers {
    /** Position of the losses, after all operations. */
    int LOSS = Integer.MAX_VALUE;

    /** Position of the inputs, before all operations. */
    int INPUT = -1;

    /** The next buffer, used by the layer that is being lowered. */
    NativeFloats allocate(Role role, long length);

    /** Begins a layer, whose first operation has this position. */
    void enter(int position);

    /** The layer that is being lowered uses a buffer. */
    void use(NativeFloats buffer);

    /** The layer that is being lowered reads a buffer forward only, if it is one that it has not made. */
    void forgetInput(NativeFloats buffer);

    /** The layer that is being lowered reads a buffer forward only, be it an input's or made by it. */
    void forget(NativeFloats buffer);

    /** The layers so far do not read a buffer backward after all. */
    void release(NativeFloats buffer);

    /**
     * Ends a layer.
     *
     * @param position after its last operation
     * @param runsBackward whether it computes a gradient
     */
    void exit(int position, boolean runsBackward);

    /** Something outside of layers uses a buffer, in both directions. */
    void useAt(NativeFloats buffer, int position);

    /** A caller reads the buffer after a run. */
    void keepToEnd(NativeFloats buffer);

    @Override
    void close();
}
