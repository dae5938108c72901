package io.covey.spark.run;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Ctrl-C does: the first one asks the run to stop at the next step and to leave a checkpoint; a second one, or a run that
 * has not ended by the grace time, ends the process.
 */
final class Interruption {
    /** Exit code of a process that a Ctrl-C ended, as shells report it. */
    static final int EXIT_CODE = 130;

    private static final Logger LOGGER = LoggerFactory.getLogger(Interruption.class);
    private static final Duration GRACE = Duration.ofMillis(4500);

    private final Runnable stop;
    private boolean asked;

    private Interruption(Runnable stop) {
        this.stop = stop;
    }

    /** From now on a Ctrl-C calls {@code stop}, from a thread of its own. */
    static void handle(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        try {
            // By reflection: sun.misc is exported for good, yet the compiler warns of it without a way to say that it
            // is meant.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        interruption.onInterrupt();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), onSignal);
        } catch (ReflectiveOperationException e) {
            LOGGER.warn("Ctrl-C will end the process without a last checkpoint: {}", e.toString());
        }
    }

    private synchronized void onInterrupt() {
        if (asked) {
            System.err.println("covey: ended at once; the newest committed checkpoint is kept");
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        asked = true;
        LOGGER.info("interrupted: stopping at the next step");
        System.err.println("covey: stopping at the next step; another Ctrl-C ends the run at once");
        Thread watchdog = new Thread(Interruption::haltAfterGrace, "covey-interruption");
        watchdog.setDaemon(true);
        watchdog.start();
        stop.run();
    }

    private static void haltAfterGrace() {
        long deadlineNs = System.nanoTime() + GRACE.toNanos();
        while (System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        System.err.println("covey: the run did not stop within " + GRACE.toMillis()
                + " ms after Ctrl-C; the newest committed checkpoint is kept");
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
