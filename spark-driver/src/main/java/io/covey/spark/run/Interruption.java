package io.covey.spark.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Ctrl-C, SIGTERM (a stopped container, a drained node) and SIGHUP (a closed terminal) do: the first one asks the run to
 * stop at the next step and to leave a checkpoint; a second one, or a run that has not ended by the grace time, ends the process.
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

    /** From now on each of the signals calls {@code stop}, from a thread of its own. */
    static void handle(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        for (StopSignal signal : StopSignal.values()) {
            try {
                interruption.handle(signal);
            } catch (InvocationTargetException e) {
                LOGGER.warn(
                        "{} ends the process without a last checkpoint: {}",
                        signal.shown,
                        e.getCause().toString());
            } catch (ReflectiveOperationException e) {
                LOGGER.warn("{} ends the process without a last checkpoint: {}", signal.shown, e.toString());
            }
        }
    }

    private void handle(StopSignal stopSignal) throws ReflectiveOperationException {
        // By reflection: sun.misc is exported for good, yet the compiler warns of it without a way to say that it
        // is meant.
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object onSignal = Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    onSignal(stopSignal);
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(stopSignal.name()), onSignal);
    }

    private synchronized void onSignal(StopSignal signal) {
        if (asked) {
            // A terminal that closes sends its signal more than once.
            if (signal != StopSignal.HUP) {
                System.err.println("covey: ended at once; the newest committed checkpoint is kept");
                Runtime.getRuntime().halt(EXIT_CODE);
            }
            return;
        }
        asked = true;
        LOGGER.info("{}: stopping at the next step", signal.shown);
        System.err.println("covey: " + signal.shown
                + ": stopping at the next step; another Ctrl-C or SIGTERM ends the run at once");
        Thread watchdog = new Thread(() -> haltAfterGrace(signal), "covey-interruption");
        watchdog.setDaemon(true);
        watchdog.start();
        stop.run();
    }

    private static void haltAfterGrace(StopSignal signal) {
        long deadlineNs = System.nanoTime() + GRACE.toNanos();
        while (System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        System.err.println("covey: the run did not stop within " + GRACE.toMillis() + " ms after " + signal.shown
                + "; the newest committed checkpoint is kept");
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    /** A signal that stops a run, by the system's name. */
    private enum StopSignal {
        INT("Ctrl-C"),
        TERM("SIGTERM"),
        HUP("SIGHUP");

        private final String shown;

        StopSignal(String shown) {
            this.shown = shown;
        }
    }
}
