package io.covey.spark.cli;

import io.covey.trainer.CoveyException;

/** What the process tells its caller at the end. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILURE = 1;
    static final int CALLER = 2;
    /** As shells report a process that a Ctrl-C ended; also after SIGTERM and SIGHUP, so that one code says "to be resumed". */
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    static int of(Throwable error) {
        return error instanceof CoveyException e && e.category() == CoveyException.Category.CALLER ? CALLER : FAILURE;
    }
}
