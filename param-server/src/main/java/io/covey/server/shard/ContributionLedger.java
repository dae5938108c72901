package io.covey.server.shard;

import io.covey.server.exchange.ExchangeMode;
import java.util.Arrays;

/**
 * Which contributions make which update of a {@link RelaxedShard}, chunk by chunk; it knows no gradients. Used by the shard's
 * thread.
 */
final class ContributionLedger {
    /** What becomes of a contribution. */
    enum Verdict {
        /** It has come before. */
        DUPLICATE,
        /** Others have taken the worker to a step that this chunk has yet to come to: try again later. */
        EARLY,
        /** The step is done without it. */
        LATE,
        /** Add it to the others of its update. */
        ADDED,
        /** Add it, and update. */
        COMPLETE
    }

    private final ExchangeMode.Relaxed mode;
    private final int workers;
    private final int needed;
    private final int[] arrived;
    /** By chunk: number of updates; where these are stepwise, the step in work. */
    private final long[] updates;
    /** By chunk and worker: the last step that it has contributed. */
    private final long[] contributed;

    private final long[] dropped;

    ContributionLedger(ExchangeMode.Relaxed mode, int workers, int chunks) {
        this.mode = mode;
        this.workers = workers;
        this.needed = mode.contributionsPerUpdate(workers);
        arrived = new int[chunks];
        updates = new long[chunks];
        contributed = new long[chunks * workers];
        dropped = new long[workers];
        Arrays.fill(contributed, Long.MIN_VALUE);
    }

    /** The next step is {@code step}, before any contribution. */
    void open(long step) {
        Arrays.fill(updates, mode.isStepwise() ? step : step * workers);
    }

    /** A contribution has come. */
    Verdict arrive(int chunk, int worker, long step) {
        int entry = chunk * workers + worker;
        if (step <= contributed[entry]) {
            return Verdict.DUPLICATE;
        }
        if (mode.isStepwise() && step > updates[chunk]) {
            return Verdict.EARLY;
        }
        contributed[entry] = step;
        if (mode.isStepwise() && step < updates[chunk]) {
            return Verdict.LATE;
        }
        arrived[chunk]++;
        return arrived[chunk] == needed ? Verdict.COMPLETE : Verdict.ADDED;
    }

    /** Whether a contribution that has just been added is the first of its update. */
    boolean isFirst(int chunk) {
        return arrived[chunk] == 1;
    }

    /** The update that is complete is done. */
    void updated(int chunk) {
        for (int worker = 0; chunk == 0 && mode.isStepwise() && worker < workers; worker++) {
            dropped[worker] += contributed[worker] < updates[0] ? 1 : 0;
        }
        updates[chunk]++;
        arrived[chunk] = 0;
    }

    /** Number of updates of {@code chunk} so far; the step in work where these are stepwise. */
    long updates(int chunk) {
        return updates[chunk];
    }

    /** Number of updates that all chunks have. */
    long updates() {
        long least = updates[0];
        for (int chunk = 1; chunk < updates.length; chunk++) {
            least = Math.min(least, updates[chunk]);
        }
        return least;
    }

    /** Steps of the first chunk that were done without {@code worker}, since this was last asked. */
    long takeDropped(int worker) {
        long count = dropped[worker];
        dropped[worker] = 0;
        return count;
    }
}
