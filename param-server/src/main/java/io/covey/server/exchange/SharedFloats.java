package io.covey.server.exchange;

import io.covey.trainer.memory.NativeFloats;
import java.util.concurrent.atomic.AtomicInteger;

/** A vector that several threads use; the last one to release it frees it. Thread-safe. */
public final class SharedFloats {
    private final NativeFloats floats;
    private final AtomicInteger users = new AtomicInteger(1);

    /** The maker is the first user. */
    public SharedFloats(NativeFloats floats) {
        this.floats = floats;
    }

    /** The vector; valid until this user releases it. */
    public NativeFloats floats() {
        return floats;
    }

    /** Adds a user; called by one. */
    public void retain() {
        users.incrementAndGet();
    }

    /** Ends a use; called once by each user. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            floats.close();
        }
    }
}
