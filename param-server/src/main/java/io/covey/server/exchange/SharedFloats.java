package io.covey.server.exchange;

import io.covey.trainer.memory.NativeFloats;
import java.util.concurrent.atomic.AtomicInteger;

/** A vector that several threads use; the last one to release it frees it. Thread-safe. */
final class SharedFloats {
    private final NativeFloats floats;
    private final AtomicInteger users = new AtomicInteger(1);

    /** The maker is the first user. */
    SharedFloats(NativeFloats floats) {
        this.floats = floats;
    }

    NativeFloats floats() {
        return floats;
    }

    /** Adds a user; called by one. */
    void retain() {
        users.incrementAndGet();
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            floats.close();
        }
    }
}
