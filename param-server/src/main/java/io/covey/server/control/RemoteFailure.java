package io.covey.server.control;

/** Stands in for an exception of another process; its message is that exception's stack trace. */
public final class RemoteFailure extends Exception {
    private static final long serialVersionUID = 1L;

    RemoteFailure(String details) {
        super(details, null, false, false);
    }
}
