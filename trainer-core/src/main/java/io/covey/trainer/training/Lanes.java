package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.ParameterLayout;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that work side by side on the parts of one task, each with single-threaded native operations. The calling thread
 * is lane 0; with one lane no other thread exists. {@link #run} is for one thread at a time and allocates nothing.
 *
 * <p>Who waits spins for some microseconds, the usual length of an imbalance, then yields, then parks. With more lanes than
 * processors nobody spins.
 */
final class Lanes implements AutoCloseable {
    /** The part of a task that one lane does. */
    @FunctionalInterface
    interface Task {
        /** @param lane in [0, {@link Lanes#count}) */
        void run(int lane);
    }

    private static final int SPINS = 500;
    private static final int YIELDS = 100;
    private static final long PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long RUN_TIMEOUT_NS = TimeUnit.MINUTES.toNanos(30);
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    private final Helper[] helpers;
    private final int spins;
    private final Throwable[] failures;
    private final AtomicInteger running = new AtomicInteger();
    private Task task;
    private long tasks;
    private volatile long generation;
    private volatile boolean closed;
    private volatile Thread parkedCaller;

    /** Lanes with single-threaded operations. */
    Lanes(int count) {
        this(count, 1);
    }

    /**
     * Lanes.
     *
     * @param count at least 1
     * @param threadsPerLane threads of the native operations of each lane, at least 1; the calling thread sets its own
     */
    Lanes(int count, int threadsPerLane) {
        if (count < 1) {
            throw new IllegalArgumentException("lanes is " + count + ", it must be at least 1");
        }
        spins = count <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
        failures = new Throwable[count];
        helpers = new Helper[count - 1];
        if (helpers.length > 0) {
            // Here a failure reaches the caller; in the helpers it would only be seen as their silence.
            NativeLibraries.loadOnednn();
        }
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1, threadsPerLane);
            helpers[i].start();
        }
    }

    int count() {
        return failures.length;
    }

    /** Where part {@code index} of {@code parts} nearly equal parts of a flat vector begins, at a variable's alignment. */
    static long cut(long vectorLength, int index, int parts) {
        return index == parts ? vectorLength : vectorLength * index / parts & -ParameterLayout.ALIGNMENT_FLOATS;
    }

    /** Runs the task on all lanes and returns when all are done; throws what the lowest failing lane has thrown. */
    void run(Task newTask) {
        if (helpers.length > 0) {
            task = newTask;
            running.set(helpers.length);
            generation = ++tasks;
            for (Helper helper : helpers) {
                helper.wake();
            }
        }
        runLane(newTask, 0);
        awaitHelpers();
        for (int lane = 0; lane < failures.length; lane++) {
            if (failures[lane] != null) {
                rethrow(lane);
            }
        }
    }

    private void runLane(Task lanesTask, int lane) {
        try {
            lanesTask.run(lane);
        } catch (Throwable e) {
            failures[lane] = e;
        }
    }

    private void rethrow(int lane) {
        Throwable failure = failures[lane];
        Arrays.fill(failures, null);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    private void awaitHelpers() {
        int attempt = 0;
        long deadlineNs = 0;
        while (running.get() > 0) {
            if (attempt < spins + YIELDS) {
                spinOrYield(attempt++);
                continue;
            }
            if (deadlineNs == 0) {
                deadlineNs = System.nanoTime() + RUN_TIMEOUT_NS;
            } else if (System.nanoTime() - deadlineNs > 0) {
                throw CoveyException.failure(
                        running.get() + " of " + count() + " lanes have not finished their part of a step within "
                                + TimeUnit.NANOSECONDS.toSeconds(RUN_TIMEOUT_NS) + " s");
            }
            parkedCaller = Thread.currentThread();
            if (running.get() > 0) {
                LockSupport.parkNanos(this, PARK_NS);
            }
            parkedCaller = null;
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Yielding gives way; nothing relies on who runs next.
    private void spinOrYield(int attempt) {
        if (attempt < spins) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    /**
     * Ends the threads. Idempotent.
     *
     * @throws CoveyException when a lane is still at work, so that what it works on must not be freed
     */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = Thread.interrupted();
        long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_NS;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
            while (helper.isAlive() && System.nanoTime() - deadlineNs < 0) {
                try {
                    helper.join(TimeUnit.NANOSECONDS.toMillis(CLOSE_TIMEOUT_NS));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (helper.isAlive()) {
                throw CoveyException.failure(helper.getName() + " did not end within "
                        + TimeUnit.NANOSECONDS.toSeconds(CLOSE_TIMEOUT_NS) + " s; its native memory is not freed");
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread of a lane other than lane 0. */
    private final class Helper extends Thread {
        private final int lane;
        private final int threads;
        private volatile boolean parked;

        Helper(int lane, int threads) {
            super("covey-lane-" + lane);
            this.lane = lane;
            this.threads = threads;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            NativeLibraries.setThreadsOfThisThread(threads);
            long done = 0;
            while (awaitTask(done)) {
                done++;
                runLane(task, lane);
                running.decrementAndGet();
                Thread caller = parkedCaller;
                if (caller != null) {
                    LockSupport.unpark(caller);
                }
            }
        }

        /** Waits for the task after task number {@code done}; false when the lanes are closed. */
        private boolean awaitTask(long done) {
            int attempt = 0;
            while (generation == done) {
                if (closed) {
                    return false;
                }
                if (attempt < spins + YIELDS) {
                    spinOrYield(attempt++);
                    continue;
                }
                parked = true;
                if (generation == done && !closed) {
                    LockSupport.park(Lanes.this);
                }
                parked = false;
            }
            return true;
        }
    }
}
