package io.covey.server.shard;

import java.util.Arrays;

/**
 * How far a shard has taken the contributions of the other workers of its process to the step in work. They come from the last
 * chunk to the first. Used by the shard's thread.
 */
final class InProcessIntake {
    /** Chunks of a contribution that are taken before it is the next one's turn. */
    private static final int TURN = 4;

    private final InProcessShard meeting;
    private final int[] contributions;
    private final int chunks;
    /** By contribution. */
    private final int[] taken;

    private long firstStep;

    /**
     * @param contributions indexes of those that come by {@code meeting}
     * @param count of all contributions
     * @param chunks of a contribution
     */
    InProcessIntake(InProcessShard meeting, int[] contributions, int count, int chunks) {
        this.meeting = meeting;
        this.contributions = contributions;
        this.chunks = chunks;
        this.taken = new int[count];
    }

    /** Indexes of the contributions. */
    int[] contributions() {
        return contributions;
    }

    /** The next step is the first since a synchronize. */
    void reset(long newFirstStep) {
        firstStep = newFirstStep;
    }

    /** Begins a step. */
    void clear() {
        Arrays.fill(taken, 0);
    }

    /** Chunks of the contribution to {@code step} that may have been taken when its turn ends. */
    long available(int contribution, int generation, long step) {
        long before = InProcessShard.position(generation, (step - firstStep) * chunks);
        long contributed = meeting.contributed(contribution) - before;
        // More than the step's belongs to one that this worker has yet to skip to.
        return contributed > chunks ? 0 : Math.min(contributed, taken[contribution] + TURN);
    }

    /** Chunks of the contribution that have been taken. */
    int taken(int contribution) {
        return taken[contribution];
    }

    /** Takes the contribution's next chunk; returns which. */
    int next(int contribution) {
        return chunks - 1 - taken[contribution]++;
    }
}
