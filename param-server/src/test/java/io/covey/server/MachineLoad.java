package io.covey.server;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** What else runs on this machine, which takes its share of the time that limits are for. */
public final class MachineLoad {
    private MachineLoad() {}

    /** {@code limit} where a core is free, else as many times that as there are threads for each core. */
    public static long scaled(long limit) {
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        return (long) (limit * Math.max(1, machine.getSystemLoadAverage() / machine.getAvailableProcessors()));
    }
}
