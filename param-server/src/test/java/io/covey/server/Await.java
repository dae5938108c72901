package io.covey.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of tests. */
public final class Await {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);

    private Await() {}

    /** Polls {@code condition} until it is true. */
    public static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TIMEOUT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the condition has not come true");
            }
            LockSupport.parkNanos(1_000);
        }
    }
}
