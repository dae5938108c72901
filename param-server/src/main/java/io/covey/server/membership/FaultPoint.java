package io.covey.server.membership;

import io.covey.trainer.CoveyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Points of a run at which tests strike. The system property {@code covey.fault_point} = {@code POINT@STEP:FILE} makes the
 * process stop at the point, once: it creates FILE and waits until somebody has deleted it. Without the property nothing
 * happens.
 */
public enum FaultPoint {
    /** Ready, before the first step. */
    START,
    /** The gradients of a step are partly on their way. */
    PUSH,
    /** The gradients of a step are on their way, its parameters are waited for. */
    PULL,
    /** Server shards are being written. */
    CHECKPOINT,
    /** The last step before an epoch's or checkpoint's end is done. */
    PASS_END,
    /** A server shard is about to send the others its sums of squares, which they wait for. */
    NORMS;

    private static final String PROPERTY = "covey.fault_point";
    private static final long PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Trap TRAP = trap(System.getProperty(PROPERTY));

    /** The run has come to this point of global step {@code step}. */
    public void reached(long step) {
        if (TRAP != null && TRAP.point == this && step >= TRAP.step && !TRAP.sprung) {
            TRAP.spring();
        }
    }

    private static Trap trap(String text) {
        if (text == null) {
            return null;
        }
        int at = text.indexOf('@');
        int colon = text.indexOf(':', at);
        return new Trap(
                valueOf(text.substring(0, at)),
                Long.parseLong(text.substring(at + 1, colon)),
                Path.of(text.substring(colon + 1)));
    }

    private static final class Trap {
        private final FaultPoint point;
        private final long step;
        private final Path file;
        private volatile boolean sprung;

        Trap(FaultPoint point, long step, Path file) {
            this.point = point;
            this.step = step;
            this.file = file;
        }

        void spring() {
            sprung = true;
            try {
                Files.createFile(file);
            } catch (IOException e) {
                throw CoveyException.failure("cannot create " + file + ", which " + PROPERTY + " names: " + e, e);
            }
            while (Files.exists(file)) {
                LockSupport.parkNanos(PARK_NS);
            }
        }
    }
}
