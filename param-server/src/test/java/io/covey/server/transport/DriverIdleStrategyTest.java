package io.covey.server.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class DriverIdleStrategyTest {
    private final DriverIdleStrategy strategy = new DriverIdleStrategy();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong cycles = new AtomicLong();

    @Test
    void shouldWakeSeldomWhenNobodyCalls() throws InterruptedException {
        long woken = cyclesWhile(() -> {});
        assertTrue(woken < 150, () -> woken + " duty cycles in half a second");
    }

    @Test
    void shouldRunACycleAtOnceWhenCalled() throws InterruptedException {
        int calls = 1000;
        AtomicLong elapsedNs = new AtomicLong();
        cyclesWhile(() -> {
            long startNs = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                long before = cycles.get();
                strategy.wake();
                while (cycles.get() == before) {
                    Thread.onSpinWait();
                }
            }
            elapsedNs.set(System.nanoTime() - startNs);
        });
        // A call that nobody heard takes the 5 ms until the driver wakes by itself.
        long meanUs = TimeUnit.NANOSECONDS.toMicros(elapsedNs.get()) / calls;
        assertTrue(meanUs < 2500, () -> meanUs + " us from a call to its cycle");
    }

    @Test
    void shouldLookForPacketsOftenWhenThereIsANetwork() throws InterruptedException {
        strategy.serveNetwork();
        long woken = cyclesWhile(() -> {});
        assertTrue(woken > 110, () -> woken + " duty cycles in half a second");
    }

    /** Duty cycles without work in half a second of {@code caller}. */
    private long cyclesWhile(Runnable caller) throws InterruptedException {
        Thread driver = new Thread(() -> {
            while (!ended.get()) {
                cycles.incrementAndGet();
                strategy.idle(0);
            }
        });
        driver.start();
        try {
            long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(500)) {
                caller.run();
                Thread.sleep(1);
            }
            return cycles.get();
        } finally {
            ended.set(true);
            strategy.wake();
            driver.join();
        }
    }
}
