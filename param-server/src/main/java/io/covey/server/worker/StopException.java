package io.covey.server.worker;

/** Unwinds the worker because the coordinator has told it to end; no error. */
final class StopException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StopException(String reason) {
        super(reason, null, false, false);
    }
}
