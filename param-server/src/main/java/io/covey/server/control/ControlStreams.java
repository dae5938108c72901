package io.covey.server.control;

/** Aeron stream ids of the control plane; the data plane's start at 100. */
public final class ControlStreams {
    /** Workers to coordinator. */
    public static final int TO_COORDINATOR = 1;
    /** Coordinator to workers. */
    public static final int TO_WORKERS = 2;

    private ControlStreams() {}
}
