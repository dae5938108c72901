package io.covey.server;

import org.agrona.concurrent.NanoClock;

/**
 * The machine's clock at a pace that tests choose: it stands still until all is as a test wants it, however long that takes on a
 * loaded machine, and goes on when a deadline is to pass.
 */
public final class TestClock implements NanoClock {
    private record Pace(long sinceNs, long timeNs, int factor) {
        long timeNs(long nowNs) {
            return timeNs + (nowNs - sinceNs) * factor;
        }
    }

    private volatile Pace pace = new Pace(0, 0, 1);

    /** From now on time passes {@code factor} times as fast as on the machine; 0: it stands still. */
    public synchronized void pace(int factor) {
        long nowNs = System.nanoTime();
        pace = new Pace(nowNs, pace.timeNs(nowNs), factor);
    }

    @Override
    public long nanoTime() {
        return pace.timeNs(System.nanoTime());
    }
}
