package io.covey.trainer.training;

import io.covey.trainer.memory.NativeFloats;

/**
 * Where a worker's gradient sums go and its parameters come from: in place ({@link LocalGradientExchange}) or through the
 * parameter server. One per worker, used by one thread.
 *
 * <p>Per step a worker calls {@link #push} once for each subtree of the {@link ReductionTree} that it owns ({@link #pushFrom} more
 * often for the last one), then {@link #pull}. The exchange adds all workers' sums along the tree, divides by the samples that arrived, and updates.
 */
public interface GradientExchange extends AutoCloseable {
    /** The flat parameter vector that the engine reads; valid between {@link #pull} and the next push. */
    NativeFloats parameters();

    /**
     * Contributes one subtree's gradient sum. The vector must stay as it is until {@link #pull} of the same step returns, and
     * may be overwritten by the exchange.
     *
     * @param step global step, counted from 0 over all epochs
     * @param node number of the subtree's root in the reduction tree
     * @param gradientSum sum (not mean) over samples of the gradient, in the layout of {@link #parameters}
     * @param samples number of samples in the sum, may be 0
     * @param learningRate the step's learning rate, the same from every worker
     * @param lastStep whether this worker wants the run to end with this step; see {@link #pull}
     */
    void push(long step, int node, NativeFloats gradientSum, int samples, float learningRate, boolean lastStep);

    /**
     * Contributes one subtree's gradient sum in parts, from its end on: it is final from float {@code from} on, and until
     * {@link #pull} the worker reads no parameter there. Further calls with a smaller {@code from} follow, in the end with 0, as the
     * last contribution of the step. This form waits for the whole.
     *
     * @param from first float that is final
     * @see #push
     */
    default void pushFrom(
            long from,
            long step,
            int node,
            NativeFloats gradientSum,
            int samples,
            float learningRate,
            boolean lastStep) {
        if (from == 0) {
            push(step, node, gradientSum, samples, learningRate, lastStep);
        }
    }

    /**
     * Waits until {@link #parameters} holds the result of {@code step}.
     *
     * @return whether any worker pushed this step as its last. Every worker gets the same answer, so all end after the
     *     same step without further talk.
     * @throws io.covey.trainer.CoveyException when the deadline passes, naming who is missing
     */
    boolean pull(long step);

    /**
     * The step to run after {@code step}, once {@link #pull} has returned: a later one than the next if the exchange has gone on
     * without this worker, which then contributes nothing to those between.
     */
    default long nextStep(long step) {
        return step + 1;
    }

    @Override
    void close();
}
