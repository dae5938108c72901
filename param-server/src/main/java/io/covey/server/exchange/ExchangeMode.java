package io.covey.server.exchange;

import io.covey.trainer.Counted;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Sgd;
import java.io.Serializable;

/** How workers keep in step: when a server shard applies what, and when a worker may go on. */
public sealed interface ExchangeMode extends Serializable {
    /** A step takes the gradients of all virtual shards, added in fixed order: the same bits whatever the cluster does. */
    record Sync() implements ExchangeMode {
        @Override
        public String toString() {
            return "sync";
        }
    }

    /**
     * Each worker trains on its own virtual shards alone; every so often the weights are averaged in fixed order, by the samples
     * that each worker has seen. Deterministic for a number of workers.
     *
     * @param syncEvery steps from one average to the next, at least 1; the end of a pass comes with one too
     */
    record LocalSgd(int syncEvery) implements ExchangeMode {
        /** @throws IllegalArgumentException when {@code syncEvery} is not positive */
        public LocalSgd {
            if (syncEvery < 1) {
                throw new IllegalArgumentException("sync_every is " + syncEvery + ", it must be at least 1");
            }
        }

        /** Whether the weights are averaged after {@code step} of a pass that ends before {@code endStep}. */
        public boolean averagesAfter(long step, long endStep) {
            return (step + 1) % syncEvery == 0 || step + 1 == endStep;
        }

        /** What workers push is by how much they have moved. */
        @Override
        public Optimizer applied(Optimizer optimizer) {
            return new Sgd(1);
        }

        @Override
        public String toString() {
            return "local_sgd, weights averaged every " + syncEvery
                    + " steps: the same bits for the same number of workers only";
        }
    }

    /**
     * Workers that do not wait for all others: they ask for parameters when they want some, from shards on dedicated servers. What
     * arrives when decides the result.
     */
    sealed interface Relaxed extends ExchangeMode {
        /** Contributions, one of each worker, that make an update; its divisor is the samples in them. */
        int contributionsPerUpdate(int workers);

        /** Whether an update takes contributions of one step only, so that what comes after it is dropped. */
        boolean isStepwise();

        /**
         * Whether a worker that has contributed to {@code step} may read parameters, and go on.
         *
         * @param slowest steps that the slowest worker has contributed to
         * @param updatedSteps steps that the shard has done, where updates are stepwise
         */
        boolean mayRead(long step, long slowest, long updatedSteps);
    }

    /**
     * A step takes the contributions that come first, of all workers but some, and drops the others (Chen et al., Revisiting
     * Distributed Synchronous SGD, 2016). A worker that is behind goes on with the step that the others are at.
     *
     * @param workers number of workers that a step does not wait for, at least 1
     */
    record BackupWorkers(int workers) implements Relaxed {
        @Override
        public int contributionsPerUpdate(int all) {
            return Math.max(1, all - workers);
        }

        @Override
        public boolean isStepwise() {
            return true;
        }

        @Override
        public boolean mayRead(long step, long slowest, long updatedSteps) {
            return updatedSteps > step;
        }

        @Override
        public String toString() {
            return "sync with " + Counted.of(workers, "backup worker") + ": other bits in every run";
        }
    }

    /**
     * Stale synchronous parallel (Ho et al., 2013): each contribution is an update of its own, and no worker is more than so many
     * steps ahead of another. What a worker reads has all updates but those of the last steps.
     *
     * @param staleness most steps that a worker may be ahead of the slowest one
     */
    record Ssp(int staleness) implements Relaxed {
        @Override
        public int contributionsPerUpdate(int all) {
            return 1;
        }

        @Override
        public boolean isStepwise() {
            return false;
        }

        @Override
        public boolean mayRead(long step, long slowest, long updatedSteps) {
            return slowest >= step + 1 - staleness;
        }

        @Override
        public String toString() {
            return "ssp with staleness " + staleness + ": other bits in every run";
        }
    }

    /** Each contribution is an update of its own, and no worker waits for another but at the end of a pass. */
    record Async() implements Relaxed {
        @Override
        public int contributionsPerUpdate(int all) {
            return 1;
        }

        @Override
        public boolean isStepwise() {
            return false;
        }

        @Override
        public boolean mayRead(long step, long slowest, long updatedSteps) {
            return true;
        }

        @Override
        public String toString() {
            return "async: other bits in every run";
        }
    }

    /** What the server shards run, where workers run {@code optimizer} themselves something else. */
    default Optimizer applied(Optimizer optimizer) {
        return optimizer;
    }

    /** Whether a lost shard may be restored from a replica: else all go back to the newest checkpoint. */
    default boolean allowsReplicas() {
        return this instanceof Sync;
    }
}
