package io.covey.trainer.training;

import io.covey.trainer.objective.MetricState;

/**
 * Hears of finished steps, in their order, on the thread that runs the {@link TrainingLoop}. An exception that it throws ends
 * the run: the backend lets it pass.
 */
@FunctionalInterface
public interface StepListener {
    /**
     * One global batch is done.
     *
     * @param stepInPass the batch's index within its epoch or evaluation, from 0
     * @param metrics the batch's metric state, summed over its virtual shards in fixed order
     */
    void onStep(long stepInPass, MetricState metrics);
}
