package io.covey.server.coordinator;

import io.covey.server.control.WorkerMessage;
import io.covey.trainer.CoveyException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the root cause among the errors of a run. One broken worker makes the others fail too, with errors that say only that
 * they waited in vain; these echoes and what the cluster manager reports wait a grace period for a better explanation.
 */
final class Failures {
    static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final NanoClock clock;
    private final long lossGraceNs;
    private final AtomicReference<Throwable> reported = new AtomicReference<>();
    private CoveyException cause;
    private CoveyException taskFailure;
    private CoveyException echo;
    private long firstNs;
    private boolean isNobodyMissing;

    /** @param lossGraceNs how long an echo waits for the loss of a worker that explains it */
    Failures(NanoClock clock, long lossGraceNs) {
        this.clock = clock;
        this.lossGraceNs = lossGraceNs;
    }

    /** A worker says that it has failed, or waits in vain. */
    void failed(String worker, WorkerMessage.Failed message) {
        CoveyException exception = message.error().toException(worker);
        note();
        boolean isEcho = message.origin() == WorkerMessage.Origin.ECHO;
        if (!isEcho && cause == null) {
            cause = exception;
        } else if (isEcho && echo == null) {
            echo = exception;
        } else {
            LOG.debug("Dropped a later failure", exception);
        }
    }

    /** Whether workers have waited in vain for so long that no cause and no loss will explain it. */
    boolean isEchoUnexplained() {
        return echo != null && cause == null && taskFailure == null && clock.nanoTime() - firstNs >= echoGraceNs();
    }

    /** All workers were heard of since {@code heardNs}: when that is after an echo, no loss will explain it. */
    void heardFromAll(long heardNs) {
        isNobodyMissing = any() && heardNs - firstNs >= GRACE_NS;
    }

    private long echoGraceNs() {
        return isNobodyMissing ? GRACE_NS : lossGraceNs;
    }

    /** The membership changes: that explains the echoes. */
    void forgetEchoes() {
        echo = null;
    }

    /** This process has found the cause itself. */
    void found(CoveyException exception) {
        note();
        if (cause == null) {
            cause = exception;
        } else {
            LOG.debug("Dropped a later failure", exception);
        }
    }

    /** The cluster manager says that a worker's task failed. Any thread. */
    void taskFailed(Throwable failure) {
        if (!reported.compareAndSet(null, failure)) {
            LOG.debug("Dropped a later failure of a task", failure);
        }
    }

    /** The root cause, or null while there is none or a better one may still come. */
    CoveyException rootCause() {
        Throwable failure = reported.get();
        if (failure != null && taskFailure == null) {
            note();
            taskFailure = failure instanceof CoveyException covey
                    ? covey
                    : CoveyException.failure("a worker's task failed: " + failure.getMessage(), failure);
        }
        if (cause != null) {
            return cause;
        }
        long graceNs = taskFailure != null ? GRACE_NS : echoGraceNs();
        if (!any() || clock.nanoTime() - firstNs < graceNs) {
            return null;
        }
        return taskFailure != null ? taskFailure : echo;
    }

    private boolean any() {
        return cause != null || taskFailure != null || echo != null;
    }

    private void note() {
        if (!any()) {
            firstNs = clock.nanoTime();
            isNobodyMissing = false;
        }
    }
}
