package io.covey.trainer.training;

import java.util.function.BooleanSupplier;

/**
 * Runs steps where the samples are: micro-batches of the virtual shards that this worker owns, on one or more lanes (threads
 * with single-threaded operations), and the exchange of their gradient sums. Used by one thread.
 */
public interface StepRunner extends AutoCloseable {
    /**
     * Runs training steps through {@code exchange}.
     *
     * @param plan which steps
     * @param exchange where gradient sums go and parameters come from
     * @param listener hears of each owned leaf of each step, after the step's {@code pull} unless it wants to before
     * @param stop asked before each push; true makes every worker's run end after that step (see {@link GradientExchange#pull})
     * @return the global step after the last one done, the same on every worker
     */
    long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop);

    /** Runs the owned shards' rows of {@code split} in inference mode with the exchange's current parameters. */
    void evaluate(DataSplit split, GradientExchange exchange, LeafListener listener);

    @Override
    void close();
}
