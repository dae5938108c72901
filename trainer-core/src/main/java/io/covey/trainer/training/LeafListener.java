package io.covey.trainer.training;

import io.covey.trainer.objective.MetricState;

/** Hears of each micro-batch that a {@link StepRunner} finishes, on the runner's calling thread. */
@FunctionalInterface
public interface LeafListener {
    /**
     * A virtual shard's part of a global batch is done.
     *
     * @param stepInPass the batch's index within its epoch or evaluation, from 0
     * @param leaf the virtual shard
     * @param metrics the micro-batch's metric state; reused by the caller after the call
     */
    void onLeaf(long stepInPass, int leaf, MetricState metrics);

    /** Whether to be called as soon as a training step's sums are known, before its gradients are pushed, not after its end. */
    default boolean isBeforePush() {
        return false;
    }
}
