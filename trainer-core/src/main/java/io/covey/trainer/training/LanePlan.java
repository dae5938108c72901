package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.OutputMasks;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;

/**
 * How one process uses its threads for one global batch; a part of the job, since the numbers of micro-batches and of threads
 * per lane decide the bits of the result.
 *
 * @param virtualShards micro-batches of a step
 * @param lanes micro-batches side by side
 * @param threadsPerLane threads that work on one micro-batch
 */
public record LanePlan(int virtualShards, int lanes, int threadsPerLane) {
    /** Layers' outputs of a micro-batch that stay in the caches from forward to backward: 4 MB, and their gradients as much. */
    private static final long CACHED_FLOATS = 1 << 20;

    /** A plan with a lane for each micro-batch. */
    public LanePlan(int virtualShards, int threadsPerLane) {
        this(virtualShards, virtualShards, threadsPerLane);
    }

    /**
     * The plan of a cluster, whose virtual shards have a thread each.
     *
     * @throws CoveyException a caller's error when its virtual shards are more than {@code batchSize}
     */
    public static LanePlan onCluster(TrainingCluster cluster, int batchSize) {
        return new LanePlan(cluster.virtualShards(batchSize), 1);
    }

    /**
     * The fastest plan in which every layer sees what Keras shows it in one process: micro-batches side by side on a thread
     * each, or, since BatchNormalization and some losses look at the whole batch, the batch as one on all threads. Micro-batches whose
     * numbers would not stay in the caches are halved, unless the parameters, which each of them reads anew, are more.
     *
     * @param threads of this process, at least 1
     * @param batchSize global batch, at least 1
     */
    public static LanePlan inProcess(Model model, CompileOptions compile, int threads, int batchSize) {
        if (threads < 1) {
            throw CoveyException.caller("threads is " + threads + ", it must be at least 1");
        }
        boolean needsWholeBatch =
                model.nodes().stream().anyMatch(node -> node.layer().needsWholeBatch())
                        || new StateLayout(model, compile).needsWholeBatch()
                        || OutputMasks.reachOutputs(model);
        if (needsWholeBatch) {
            return new LanePlan(1, threads);
        }
        int lanes = Math.min(threads, batchSize);
        int virtualShards = lanes;
        if (model.layout().length() < CACHED_FLOATS) {
            long floatsPerSample = floatsPerSample(model);
            while (2 * virtualShards <= batchSize
                    && (long) ((batchSize + virtualShards - 1) / virtualShards) * floatsPerSample > CACHED_FLOATS) {
                virtualShards *= 2;
            }
        }
        return new LanePlan(virtualShards, lanes, 1);
    }

    private static long floatsPerSample(Model model) {
        return model.nodes().stream()
                .mapToLong(node ->
                        node.outputShape().stream().mapToLong(size -> size).reduce(1, Math::multiplyExact))
                .sum();
    }
}
