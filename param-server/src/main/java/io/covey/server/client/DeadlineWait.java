package io.covey.server.client;

import io.covey.trainer.CoveyException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

/**
 * One wait after another of one thread: idles ever longer while nothing happens, up to a deadline, and has a hook look now and
 * then whether those waited for are alive.
 */
final class DeadlineWait {
    private static final long MAX_SPINS = 20;
    private static final long MAX_YIELDS = 50;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final NanoClock clock;
    private final IdleStrategy idle = new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NS, MAX_PARK_NS);
    private Runnable hook = () -> {};
    private long deadlineNs;
    private long nextCheckNs;

    DeadlineWait(NanoClock clock) {
        this.clock = clock;
    }

    /** Has {@code newHook} called now and then; an exception that it throws ends the wait. */
    void whileWaiting(Runnable newHook) {
        hook = newHook;
    }

    /** Begins a wait. */
    void start(long timeoutNs) {
        long now = clock.nanoTime();
        deadlineNs = now + timeoutNs;
        nextCheckNs = now + CHECK_INTERVAL_NS;
        idle.reset();
    }

    /** Call once per duty cycle with the work that it did: {@link #check} and {@link #pause}. */
    void idle(int workCount) {
        check();
        pause(workCount);
    }

    /** Lets others have the processor, the longer the more cycles without work there were. */
    void pause(int workCount) {
        idle.idle(workCount);
        // Cleared, for Aeron takes an interrupted thread's next call as the end of its client.
        if (workCount == 0 && Thread.interrupted()) {
            throw CoveyException.failure("interrupted while waiting for other workers");
        }
    }

    boolean isExpired() {
        return clock.nanoTime() - deadlineNs >= 0;
    }

    /** Calls the hook if it is time to; returns whether it was. */
    boolean check() {
        long now = clock.nanoTime();
        if (now - nextCheckNs < 0) {
            return false;
        }
        nextCheckNs = now + CHECK_INTERVAL_NS;
        hook.run();
        return true;
    }
}
