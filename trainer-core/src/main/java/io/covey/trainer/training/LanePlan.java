package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;

/**
 * How one process uses its threads for one global batch; a part of the job, since the numbers of micro-batches and of threads
 * per lane decide the bits of the result.
 *
 * @param virtualShards parts of a batch, each in a lane of its own
 * @param threadsPerLane threads that work on one part
 */
public record LanePlan(int virtualShards, int threadsPerLane) {
    /**
     * The plan of a cluster, whose virtual shards have a thread each.
     *
     * @throws CoveyException a caller's error when its virtual shards are more than {@code batchSize}, or a layer is stateful
     */
    public static LanePlan onCluster(TrainingCluster cluster, Model model, int batchSize) {
        StatefulLayers.refuseOnCluster(model);
        return new LanePlan(cluster.virtualShards(batchSize), 1);
    }

    /**
     * The fastest plan in which every layer sees what Keras shows it in one process: parts of the batch side by side on a thread
     * each, or, since BatchNormalization and some losses look at the whole batch, the batch as one on all threads.
     *
     * @param threads of this process, at least 1
     * @param batchSize global batch, at least 1
     */
    public static LanePlan inProcess(Model model, CompileOptions compile, int threads, int batchSize) {
        if (threads < 1) {
            throw CoveyException.caller("threads is " + threads + ", it must be at least 1");
        }
        return MicroBatches.needsWholeBatch(model, compile)
                ? new LanePlan(1, threads)
                : new LanePlan(Math.min(threads, batchSize), 1);
    }
}
