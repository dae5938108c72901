package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.rnn.RecurrentLayer;
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
    /** Parameters for each number that layers make of a batch, from which on they are what a step's memory traffic consists of. */
    private static final int WIDE = 4;

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
     * each, or the batch as one on all threads. BatchNormalization and some losses look at the whole batch; and where parameters are
     * many, a gradient of its own for each part costs more than products that share out their work.
     *
     * @param threads of this process, at least 1
     * @param batchSize global batch, at least 1
     */
    public static LanePlan inProcess(Model model, CompileOptions compile, int threads, int batchSize) {
        if (threads < 1) {
            throw CoveyException.caller("threads is " + threads + ", it must be at least 1");
        }
        return MicroBatches.needsWholeBatch(model, compile) || isWide(model, batchSize)
                ? new LanePlan(1, threads)
                : new LanePlan(Math.min(threads, batchSize), 1);
    }

    private static boolean isWide(Model model, int batchSize) {
        long parameters = model.layout().length();
        return MicroBatches.hasManyParameters(model)
                && parameters / WIDE >= MicroBatches.floatsPerRow(model) * batchSize
                && model.nodes().stream().noneMatch(node -> isRecurrent(node.layer()));
    }

    /** What a time step computes is too little to be shared out. */
    private static boolean isRecurrent(Layer layer) {
        return layer instanceof RecurrentLayer || layer.innerLayers().stream().anyMatch(LanePlan::isRecurrent);
    }
}
