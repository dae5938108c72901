package io.covey.server.shard;

import io.covey.server.exchange.ExchangeMode;
import java.util.Arrays;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * Answers the workers that ask a {@link RelaxedShard} for parameters: each when the mode says that it may read, or, at the end of
 * a pass, when all have asked. Used by the shard's thread.
 *
 * <p>The desk of the first shard also says which step a worker goes on with, and sees to it that a stop request ends all workers
 * after the same step: the latest that one of them may have begun when the request comes.
 */
final class ReadDesk implements AutoCloseable {
    /** The way to one worker. */
    interface Answer extends AutoCloseable {
        /** Sends one whole chunk of no meaning; false when it cannot be sent yet. */
        boolean tryProbe();

        /**
         * Sends a chunk of the parameters; false when it cannot be sent yet.
         *
         * @param step that the worker has asked after
         * @param lead by how much its next step is ahead of that
         * @param last whether there is no next step
         */
        boolean trySend(int chunk, long step, int lead, boolean last);

        @Override
        void close();
    }

    private static final int NOTHING_ASKED = -2;
    private static final int NOT_GRANTED = -1;

    private final ExchangeMode.Relaxed mode;
    private final int chunks;
    private final Answer[] toWorkers;
    private final boolean[] probed;
    private boolean open;

    // By worker.
    /** Steps that it has contributed to. */
    private final long[] steps;

    /** The step before which it has ended a pass last. */
    private final long[] ended;

    private final boolean[] barrier;
    /** Chunks of its answer that are sent. */
    private final int[] sent;
    /** By how much its next step is ahead of the one that it has asked after. */
    private final int[] lead;

    private final boolean[] last;

    /** The latest step that a worker may be at. */
    private long latest;

    private long stopAt = Long.MAX_VALUE;
    private int barrierAnswers;
    private long passEnd = Long.MIN_VALUE;

    ReadDesk(ExchangeMode.Relaxed mode, int chunks, List<? extends Answer> toWorkers) {
        this.mode = mode;
        this.chunks = chunks;
        this.toWorkers = toWorkers.toArray(Answer[]::new);
        int workers = toWorkers.size();
        probed = new boolean[workers];
        steps = new long[workers];
        ended = new long[workers];
        Arrays.fill(ended, Long.MIN_VALUE);
        barrier = new boolean[workers];
        sent = new int[workers];
        lead = new int[workers];
        last = new boolean[workers];
        Arrays.fill(steps, Long.MIN_VALUE);
        Arrays.fill(sent, NOTHING_ASKED);
    }

    /** Begins to answer: the parameters are those before {@code step}. */
    void open(long step) {
        latest = step;
        open = true;
    }

    /** Sends one whole chunk of no meaning to each worker; whether all have taken it. */
    boolean probe() {
        boolean all = true;
        for (int w = 0; w < toWorkers.length; w++) {
            probed[w] = probed[w] || toWorkers[w].tryProbe();
            all &= probed[w];
        }
        return all;
    }

    /** A worker has contributed to all steps up to {@code step} that it took part in, and waits for parameters. */
    void ask(int worker, long step, boolean isBarrier, boolean stopWanted) {
        steps[worker] = step + 1;
        ended[worker] = isBarrier ? step + 1 : ended[worker];
        barrier[worker] = isBarrier;
        sent[worker] = NOT_GRANTED;
        if (stopWanted && stopAt == Long.MAX_VALUE) {
            stopAt = Math.max(latest, step);
        }
    }

    /** Steps that the slowest worker has contributed to. */
    long slowest() {
        return least(steps);
    }

    private static long least(long[] values) {
        long least = Long.MAX_VALUE;
        for (long each : values) {
            least = Math.min(least, each);
        }
        return least;
    }

    /** The step before which all workers were answered together last. */
    long passEnd() {
        return passEnd;
    }

    /** Sends what may be sent and the streams take; returns the number of frames. */
    int answer(long updatedSteps) {
        int work = 0;
        long slowest = slowest();
        for (int w = 0; open && w < sent.length; w++) {
            if (sent[w] == NOT_GRANTED && mayRead(w, slowest, updatedSteps)) {
                grant(w, updatedSteps);
            }
            while (sent[w] >= 0 && sent[w] < chunks && toWorkers[w].trySend(sent[w], steps[w] - 1, lead[w], last[w])) {
                sent[w]++;
                work++;
            }
            if (sent[w] == chunks) {
                sent[w] = NOTHING_ASKED;
                answered(w);
            }
        }
        return work;
    }

    private boolean mayRead(int worker, long slowest, long updatedSteps) {
        long step = steps[worker] - 1;
        return barrier[worker] ? least(ended) > step : mode.mayRead(step, slowest, updatedSteps);
    }

    private void grant(int worker, long updatedSteps) {
        sent[worker] = 0;
        long step = steps[worker] - 1;
        long next = mode.isStepwise() ? Math.max(step + 1, updatedSteps) : step + 1;
        last[worker] = !barrier[worker] && next > stopAt;
        if (last[worker]) {
            next = stopAt + 1;
        }
        lead[worker] = Math.toIntExact(next - step);
        latest = Math.max(latest, next);
        if (barrier[worker]) {
            // All of the pass have asked, and none of the next.
            stopAt = Long.MAX_VALUE;
        }
    }

    private void answered(int worker) {
        if (barrier[worker] && ++barrierAnswers == sent.length) {
            barrierAnswers = 0;
            passEnd = steps[worker];
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(toWorkers);
    }
}
