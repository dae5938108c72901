package io.covey.server.exchange;

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
        boolean averagesAfter(long step, long endStep) {
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

    /** What the server shards run, where workers run {@code optimizer} themselves something else. */
    default Optimizer applied(Optimizer optimizer) {
        return optimizer;
    }

    /** Whether a lost shard may be restored from a replica: else all go back to the newest checkpoint. */
    default boolean allowsReplicas() {
        return this instanceof Sync;
    }
}
