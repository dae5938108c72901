package io.covey.server.exchange;

import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.BitSet;

/**
 * One vector of a server shard (its parameters or an optimizer slot) that can be had as it was before the step in work and,
 * until that step overwrites the first chunk, before the step before it: each chunk is copied before it is overwritten.
 * Belongs to the client's thread.
 */
public final class RetainedFloats implements AutoCloseable {
    private static final long NOTHING = Long.MIN_VALUE;

    private final ChunkedRange range;
    private final NativeFloats current;
    private final NativeFloats previous;
    private final BitSet saved;
    private final VectorKernels kernels = new VectorKernels();
    private long step = NOTHING;
    private long savedStep = NOTHING;

    /** @param current the vector over the range, which stays the caller's to close */
    public RetainedFloats(ChunkedRange range, NativeFloats current) {
        this.range = range;
        this.current = current;
        this.previous = NativeFloats.allocate(range.range().length());
        this.saved = new BitSet(range.chunks());
    }

    /** The whole vector is that before {@code newStep}; nothing older is known. */
    public void reset(long newStep) {
        step = newStep;
        savedStep = NOTHING;
    }

    /** All chunks are those before {@code newStep}. */
    public void advance(long newStep) {
        step = newStep;
    }

    /** Keeps {@code chunk}, which the step in work is about to overwrite. */
    public void save(int chunk) {
        if (savedStep != step) {
            savedStep = step;
            saved.clear();
        }
        saved.set(chunk);
        long start = range.start(chunk);
        kernels.copy(previous.address(start), current.address(start), range.length(chunk));
    }

    /** The step in work: the newest that {@link #holds}. */
    public long step() {
        return step;
    }

    /** Whether the vector as it was before {@code wanted} is known. */
    public boolean holds(long wanted) {
        return wanted == step
                ? step != NOTHING
                : wanted == step - 1 && savedStep == wanted && saved.cardinality() == range.chunks();
    }

    /** Copies the vector as it was before {@code wanted}, which it {@link #holds}. */
    public void copyTo(NativeFloats target, long wanted) {
        for (int chunk = 0; chunk < range.chunks(); chunk++) {
            NativeFloats source = savedStep == wanted && saved.get(chunk) ? previous : current;
            long start = range.start(chunk);
            kernels.copy(target.address(start), source.address(start), range.length(chunk));
        }
    }

    @Override
    public void close() {
        previous.close();
    }
}
