package io.covey.server.control;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How long the processes of a job wait for each other, in nanoseconds. Each has a key in the job file, which messages name.
 *
 * @param startNs {@code cluster.start_timeout}: for all workers to register, then to load their data, then to become ready
 * @param connectNs {@code cluster.connect_timeout}: for one connection between two processes
 * @param stepNs {@code cluster.step_timeout}: for the next step to complete
 * @param heartbeatNs {@code cluster.heartbeat_timeout}: for a sign of life from another process
 * @param checkpointNs {@code cluster.checkpoint_timeout}: for a checkpoint, from its snapshot to its commit
 * @param shutdownNs {@code cluster.shutdown_timeout}: for others to take leave at the end
 */
public record ClusterTimeouts(
        long startNs, long connectNs, long stepNs, long heartbeatNs, long checkpointNs, long shutdownNs)
        implements Serializable {
    public static final long START_DEFAULT_NS = TimeUnit.SECONDS.toNanos(120);
    public static final long CONNECT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(10);
    public static final long STEP_DEFAULT_NS = TimeUnit.SECONDS.toNanos(60);
    public static final long HEARTBEAT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(10);
    public static final long CHECKPOINT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(300);
    public static final long SHUTDOWN_DEFAULT_NS = TimeUnit.SECONDS.toNanos(5);

    /** How often a worker gives a sign of life. */
    public static final long HEARTBEAT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** @throws IllegalArgumentException when a timeout is not positive, or too short for the interval between heartbeats */
    public ClusterTimeouts {
        positive("start_timeout", startNs);
        positive("connect_timeout", connectNs);
        positive("step_timeout", stepNs);
        positive("heartbeat_timeout", heartbeatNs);
        positive("checkpoint_timeout", checkpointNs);
        positive("shutdown_timeout", shutdownNs);
        if (heartbeatNs < 2 * HEARTBEAT_INTERVAL_NS) {
            throw new IllegalArgumentException("cluster.heartbeat_timeout is " + seconds(heartbeatNs)
                    + ", it must be at least " + seconds(2 * HEARTBEAT_INTERVAL_NS)
                    + ": workers give a sign of life every "
                    + seconds(HEARTBEAT_INTERVAL_NS));
        }
    }

    /** The defaults. */
    public static ClusterTimeouts defaults() {
        return new ClusterTimeouts(
                START_DEFAULT_NS,
                CONNECT_DEFAULT_NS,
                STEP_DEFAULT_NS,
                HEARTBEAT_DEFAULT_NS,
                CHECKPOINT_DEFAULT_NS,
                SHUTDOWN_DEFAULT_NS);
    }

    /** For messages: {@code (limit cluster.key = 10 s)}. */
    public static String limit(String key, long timeoutNs) {
        return "(limit cluster." + key + " = " + seconds(timeoutNs) + ")";
    }

    /** For messages: {@code 10.0 s}. */
    public static String tenths(long durationNs) {
        return String.format(Locale.ROOT, "%.1f s", durationNs / 1e9);
    }

    private static String seconds(long durationNs) {
        return BigDecimal.valueOf(durationNs, 9).stripTrailingZeros().toPlainString() + " s";
    }

    private static void positive(String key, long timeoutNs) {
        if (timeoutNs <= 0) {
            throw new IllegalArgumentException("cluster." + key + " is " + timeoutNs + " ns, it must be positive");
        }
    }
}
