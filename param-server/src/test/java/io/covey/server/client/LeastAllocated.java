package io.covey.server.client;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The least that the threads of workers allocate in a window of steps. What the virtual machine allocates in a thread now and then
 * misses some window, and compilers that wait for a processor are done before some window; what a step allocates is in all.
 */
final class LeastAllocated {
    private static final int MOST_WINDOWS = 300;
    private static final long WINDOW_TIMEOUT_S = 60;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] least;
    private final CyclicBarrier windowEnd;
    private boolean done;

    LeastAllocated(int workers) {
        least = new long[workers];
        Arrays.fill(least, Long.MAX_VALUE);
        windowEnd = new CyclicBarrier(workers, () -> done = Arrays.stream(least).allMatch(bytes -> bytes == 0));
    }

    /**
     * Runs windows on the thread of {@code worker}, as long as any worker has allocated in each of its own.
     *
     * @param window runs a window of this number
     * @return bytes
     */
    long of(int worker, IntConsumer window) throws Exception {
        for (int number = 0; number < MOST_WINDOWS && !done; number++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            window.accept(number);
            least[worker] = Math.min(least[worker], threads.getCurrentThreadAllocatedBytes() - before);
            windowEnd.await(WINDOW_TIMEOUT_S, TimeUnit.SECONDS);
        }
        return least[worker];
    }
}
