package io.covey.server;

import io.covey.server.transport.LinkOptions;
import java.util.concurrent.TimeUnit;

/** Links of tests on a loaded machine, which may not run a process or a thread for seconds. */
public final class PatientLinks {
    public static final LinkOptions OPTIONS = LinkOptions.defaults().withHeartbeatTimeout(TimeUnit.MINUTES.toNanos(1));

    private PatientLinks() {}
}
