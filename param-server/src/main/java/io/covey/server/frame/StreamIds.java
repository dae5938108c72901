package io.covey.server.frame;

/**
 * Stream numbers. The membership epoch is in the upper bits, so that the streams of two memberships never mix; streams 1 to
 * 99 are the control plane's.
 */
public final class StreamIds {
    private static final int GRADIENTS = 1000;
    private static final int PARAMETERS = 2000;
    private static final int SLOTS = 3000;
    /** Server shards that fit between the two bases. */
    public static final int MAX_SHARDS = PARAMETERS - GRADIENTS;

    private static final int EPOCH_SHIFT = 12;

    private StreamIds() {}

    /** From workers to {@code shard}. */
    public static int gradients(int epoch, int shard) {
        return (epoch << EPOCH_SHIFT) + GRADIENTS + shard;
    }

    /** From {@code shard} to workers. */
    public static int parameters(int epoch, int shard) {
        return (epoch << EPOCH_SHIFT) + PARAMETERS + shard;
    }

    /** From {@code shard} to its replica. */
    public static int slots(int epoch, int shard) {
        return (epoch << EPOCH_SHIFT) + SLOTS + shard;
    }
}
