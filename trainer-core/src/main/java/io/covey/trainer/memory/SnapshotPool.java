package io.covey.trainer.memory;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/**
 * Copies of vectors, one after the other in the same memory: the first touch of fresh memory costs several times as much as
 * the copy. Thread-safe.
 */
public final class SnapshotPool implements AutoCloseable {
    private final VectorKernels kernels = new VectorKernels();
    private final Queue<NativeFloats> free = new ArrayDeque<>();
    private boolean closed;

    /** A copy of the numbers that {@code source} has now, to be given back by {@link #release}. */
    public synchronized NativeFloats copyOf(NativeFloats source) {
        NativeFloats copy = take(source.length());
        kernels.copy(copy.address(), source.address(), source.length());
        return copy;
    }

    private NativeFloats take(long length) {
        for (Iterator<NativeFloats> each = free.iterator(); each.hasNext(); ) {
            NativeFloats candidate = each.next();
            if (candidate.length() == length) {
                each.remove();
                return candidate;
            }
        }
        // Lengths are others now: what was kept for the old ones will not be asked for.
        free.forEach(NativeFloats::close);
        free.clear();
        return NativeFloats.allocateUnset(length);
    }

    /** Takes a copy back, which nobody may use any more. */
    public synchronized void release(NativeFloats copy) {
        if (closed) {
            copy.close();
        } else {
            free.add(copy);
        }
    }

    /** Frees the memory; that of copies still in use once they are released. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        free.forEach(NativeFloats::close);
        free.clear();
    }
}
