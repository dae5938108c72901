package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.trainer.CoveyException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** A checkpoint on its way: the workers write their parts, then a background thread commits. Used under a lock. */
final class PendingCheckpoint {
    private final long command;
    private final String prefix;
    private final Set<Integer> missing;
    private final Runnable commit;
    private final Consumer<Throwable> abandon;
    private final Executor committer;
    private final long startNs;
    private final CompletableFuture<Void> future = new CompletableFuture<>();
    private CoveyException failure;

    /**
     * A checkpoint that has been asked for.
     *
     * @param writers workers that host server shards, or keep residuals
     * @param commit commits once all parts are there
     * @param abandon deletes what there is when a part or the commit has failed, and nobody writes any more
     * @param committer runs these
     */
    PendingCheckpoint(
            long command,
            String prefix,
            Set<Integer> writers,
            Runnable commit,
            Consumer<Throwable> abandon,
            Executor committer,
            long startNs) {
        this.command = command;
        this.prefix = prefix;
        this.missing = new TreeSet<>(writers);
        this.commit = commit;
        this.abandon = abandon;
        this.committer = committer;
        this.startNs = startNs;
    }

    CompletableFuture<Void> future() {
        return future;
    }

    /** The parts of {@code worker} are durable. */
    void written(int worker, long answered) {
        if (answered == command && missing.remove(worker) && missing.isEmpty() && !future.isDone()) {
            committer.execute(this::end);
        }
    }

    /** The parts of {@code worker} could not be written. What others have written can be deleted when they are done. */
    void failed(int worker, long answered, CoveyException reason) {
        if (answered == command && failure == null) {
            failure = reason;
        }
        written(worker, answered);
    }

    /** The run has failed. What waits only for its commit can still succeed. */
    void runFailed(CoveyException reason) {
        if (!missing.isEmpty()) {
            future.completeExceptionally(failure != null ? failure : reason);
        }
    }

    /** A worker is lost, and the parts that it has not written: the checkpoint is left out, the run goes on. */
    void cancel() {
        if (!missing.isEmpty() && failure == null) {
            future.cancel(false);
        } else if (!missing.isEmpty()) {
            future.completeExceptionally(failure);
        }
    }

    /** Gives up when the time is over. */
    void checkDeadline(long nowNs, long timeoutNs, IntFunction<String> describe) {
        if (nowNs - startNs > timeoutNs && failure != null) {
            future.completeExceptionally(failure);
        } else if (nowNs - startNs > timeoutNs && !future.isDone()) {
            String late = missing.isEmpty()
                    ? "all parts are written, the commit hangs"
                    : missing.stream().map(w -> describe.apply(w)).collect(Collectors.joining(", "))
                            + " has not written its parts";
            future.completeExceptionally(CoveyException.failure("checkpoint " + prefix + " took longer than "
                    + ClusterTimeouts.tenths(nowNs - startNs) + ": " + late + " "
                    + ClusterTimeouts.limit("checkpoint_timeout", timeoutNs)));
        }
    }

    private void end() {
        try {
            if (failure != null) {
                throw failure;
            }
            commit.run();
            future.complete(null);
        } catch (RuntimeException | Error e) {
            abandon.accept(e);
            future.completeExceptionally(e);
        }
    }
}
