package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.trainer.CoveyException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** A checkpoint on its way: the workers write their parts, then a background thread commits. Used under a lock. */
final class PendingCheckpoint {
    private final long command;
    private final String prefix;
    private final Set<Integer> missing;
    private final Runnable commit;
    private final Executor committer;
    private final long startNs;
    private final CompletableFuture<Void> future = new CompletableFuture<>();

    /**
     * A checkpoint that has been asked for.
     *
     * @param writers workers that host server shards, or keep residuals
     * @param commit commits once all parts are there
     * @param committer runs {@code commit}
     */
    PendingCheckpoint(
            long command, String prefix, Set<Integer> writers, Runnable commit, Executor committer, long startNs) {
        this.command = command;
        this.prefix = prefix;
        this.missing = new TreeSet<>(writers);
        this.commit = commit;
        this.committer = committer;
        this.startNs = startNs;
    }

    CompletableFuture<Void> future() {
        return future;
    }

    /** The parts of {@code worker} are durable. */
    void written(int worker, long answered) {
        if (answered == command && missing.remove(worker) && missing.isEmpty() && !future.isDone()) {
            committer.execute(this::commit);
        }
    }

    /** The parts of {@code worker} could not be written. */
    void failed(long answered, CoveyException reason) {
        if (answered == command) {
            future.completeExceptionally(reason);
        }
    }

    /** The run has failed. What waits only for its commit can still succeed. */
    void abandon(CoveyException reason) {
        if (!missing.isEmpty()) {
            future.completeExceptionally(reason);
        }
    }

    /** A worker is lost, and the parts that it has not written: the checkpoint is left out, the run goes on. */
    void cancel() {
        if (!missing.isEmpty()) {
            future.cancel(false);
        }
    }

    /** Gives up when the time is over. */
    void checkDeadline(long nowNs, long timeoutNs, IntFunction<String> describe) {
        if (nowNs - startNs > timeoutNs && !future.isDone()) {
            String late = missing.isEmpty()
                    ? "all parts are written, the commit hangs"
                    : missing.stream().map(w -> describe.apply(w)).collect(Collectors.joining(", "))
                            + " has not written its parts";
            future.completeExceptionally(CoveyException.failure("checkpoint " + prefix + " took longer than "
                    + ClusterTimeouts.tenths(nowNs - startNs) + ": " + late + " "
                    + ClusterTimeouts.limit("checkpoint_timeout", timeoutNs)));
        }
    }

    private void commit() {
        try {
            commit.run();
            future.complete(null);
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }
}
