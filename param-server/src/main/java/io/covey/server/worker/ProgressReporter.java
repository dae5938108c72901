package io.covey.server.worker;

import io.covey.server.control.Progress;
import io.covey.server.control.WorkerMessage;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.LeafListener;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.agrona.concurrent.NanoClock;

/**
 * Collects the micro-batches' metric sums and sends them in batches; where workers may be lost, each step's before its
 * gradients are pushed, for a step that is done must not be lost with its sums. Allocates nothing per step.
 */
final class ProgressReporter implements LeafListener {
    private static final long FLUSH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Consumer<WorkerMessage> sender;
    private final NanoClock clock;
    private final Progress progress;
    private long command;
    private long flushedNs;
    private int leaves;
    private boolean eager;

    /**
     * A reporter.
     *
     * @param sender sends a message, waiting as long as need be
     */
    ProgressReporter(int stateLength, Consumer<WorkerMessage> sender, NanoClock clock) {
        this.progress = new Progress(0, stateLength);
        this.sender = sender;
        this.clock = clock;
    }

    /**
     * Begins the report of a new pass.
     *
     * @param newLeaves virtual shards of this worker
     * @param newEager whether sums must be on their way before the gradients are
     */
    void start(long newCommand, int newLeaves, boolean newEager) {
        command = newCommand;
        leaves = newLeaves;
        eager = newEager;
        progress.reset(command);
        flushedNs = clock.nanoTime();
    }

    @Override
    public boolean isBeforePush() {
        return eager;
    }

    @Override
    public void onLeaf(long stepInPass, int leaf, MetricState metrics) {
        progress.add(stepInPass, leaf, metrics);
        if (progress.isFull()
                || (eager && progress.size() % leaves == 0)
                || clock.nanoTime() - flushedNs >= FLUSH_INTERVAL_NS) {
            flush();
        }
    }

    /** Sends what is there if {@code way} is free: a worker that waits for others must not look as if it were late itself. */
    void offer(Predicate<WorkerMessage> way) {
        if (progress.size() > 0 && way.test(progress)) {
            progress.reset(command);
            flushedNs = clock.nanoTime();
        }
    }

    /** Sends what is left. */
    void flush() {
        if (progress.size() > 0) {
            sender.accept(progress);
            progress.reset(command);
        }
        flushedNs = clock.nanoTime();
    }
}
