package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.model.Model;

/**
 * How one process uses its threads for one global batch; a part of the job, since both numbers decide the bits of the result.
 *
 * @param virtualShards micro-batches of a step, side by side on lanes
 * @param threadsPerLane threads that work on one micro-batch
 */
public record LanePlan(int virtualShards, int threadsPerLane) {
    /**
     * The fastest plan in which every layer sees what Keras shows it in one process: micro-batches side by side on a thread
     * each, or, since BatchNormalization normalizes by the whole batch, the batch as one on all threads.
     *
     * @param threads of this process, at least 1
     * @param batchSize global batch, at least 1
     */
    public static LanePlan inProcess(Model model, int threads, int batchSize) {
        if (threads < 1) {
            throw CoveyException.caller("threads is " + threads + ", it must be at least 1");
        }
        boolean needsWholeBatch =
                model.nodes().stream().anyMatch(node -> node.layer().needsWholeBatch());
        return needsWholeBatch ? new LanePlan(1, threads) : new LanePlan(Math.min(threads, batchSize), 1);
    }
}
