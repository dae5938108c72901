package io.covey.trainer.training;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class LanesTest {
    @Test
    void shouldRunEveryTaskOnceOnEveryLane() {
        for (int count = 1; count <= 5; count++) {
            AtomicIntegerArray runs = new AtomicIntegerArray(count);
            try (Lanes lanes = new Lanes(count)) {
                for (int i = 1; i <= 500; i++) {
                    lanes.run(runs::incrementAndGet);
                    for (int lane = 0; lane < count; lane++) {
                        assertEquals(i, runs.get(lane));
                    }
                }
            }
        }
    }

    @Test
    void shouldUseTheCallerAsLaneZero() {
        Thread[] threads = new Thread[3];
        try (Lanes lanes = new Lanes(3)) {
            lanes.run(lane -> threads[lane] = Thread.currentThread());
        }
        assertSame(Thread.currentThread(), threads[0]);
        assertEquals("covey-lane-1", threads[1].getName());
        assertFalse(threads[2].isAlive());
    }

    @Test
    void shouldWakeParkedLanesAndCaller() throws InterruptedException {
        try (Lanes lanes = new Lanes(2)) {
            Thread[] helper = new Thread[1];
            lanes.run(lane -> helper[0] = lane == 1 ? Thread.currentThread() : helper[0]);
            awaitWaiting(helper[0]);
            CountDownLatch callerWaits = new CountDownLatch(1);
            Thread caller = Thread.currentThread();
            lanes.run(lane -> {
                if (lane == 1) {
                    awaitWaiting(caller);
                    callerWaits.countDown();
                }
            });
            assertTrue(callerWaits.await(0, TimeUnit.SECONDS));
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldThrowTheLanesOwnExceptionAndStayUsable() {
        try (Lanes lanes = new Lanes(3)) {
            IllegalStateException cause = new IllegalStateException("lane 1");
            Lanes.Task failing = lane -> {
                if (lane == 1) {
                    throw cause;
                }
                if (lane == 2) {
                    throw new AssertionError("lane 2");
                }
            };
            assertSame(cause, assertThrows(IllegalStateException.class, () -> lanes.run(failing)));
            lanes.run(lane -> {});
        }
    }

    @Test
    void shouldCutVectorsAtAlignedPlaces() {
        for (long length : new long[] {16, 48, 1024, 316_816}) {
            for (int parts = 1; parts < 6; parts++) {
                assertEquals(0, Lanes.cut(length, 0, parts));
                assertEquals(length, Lanes.cut(length, parts, parts));
                for (int i = 0; i < parts; i++) {
                    assertTrue(Lanes.cut(length, i, parts) <= Lanes.cut(length, i + 1, parts));
                    assertEquals(0, Lanes.cut(length, i, parts) % 16);
                }
            }
        }
    }
}
