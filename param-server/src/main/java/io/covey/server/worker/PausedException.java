package io.covey.server.worker;

/** Unwinds the worker because the membership changes; no error. */
final class PausedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PausedException() {
        super("the membership changes", null, false, false);
    }
}
