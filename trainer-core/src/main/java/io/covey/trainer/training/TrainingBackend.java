package io.covey.trainer.training;

import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.memory.NativeFloats;
import java.util.Collections;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * What runs a model's steps for the {@link TrainingLoop}: the engine in this process or a cluster of workers. All methods
 * are called from the loop's thread; each waits with deadlines of its own and throws the first root cause as a
 * {@link io.covey.trainer.CoveyException}.
 */
public interface TrainingBackend extends AutoCloseable {
    /** Number of global batches in a pass over {@code split}; 0 if the job has no such data. */
    long steps(DataSplit split);

    /** Number of rows of {@code split}; 0 if the job has no such data. */
    long rows(DataSplit split);

    /**
     * Runs the steps of {@code plan}. While the listener hears of the last of them, the other methods find the parameters after it;
     * while it hears of earlier ones a cluster is ahead of it, and takes no other command than {@link #requestStop}.
     *
     * @return the global step after the last one that is in the parameters: {@code plan.endStep()}, or less if
     *     {@link #requestStop} came in between. The listener has heard of exactly these steps.
     */
    long train(EpochPlan plan, StepListener listener);

    /**
     * The steps of an epoch are done.
     *
     * @return what the backend itself has to say of them, for the epoch's logs beside the metrics: the same names in every epoch
     */
    default SortedMap<String, Double> endEpoch(int epoch) {
        return Collections.emptySortedMap();
    }

    /** Runs {@code split} in inference mode with the current parameters. */
    void evaluate(DataSplit split, StepListener listener);

    /** SHA-256 of all weights' bytes in layout order, little-endian, as lower-case hex. */
    String weightsSha256();

    /**
     * Snapshots parameters and optimizer slots and writes them in the background.
     *
     * @param checkpointPrefix where to, see {@link io.covey.trainer.checkpoint.CheckpointDirectory}
     * @param state what the loop wants to find again at a resume
     * @return completes when the checkpoint is committed, or with the reason why not; cancelled when the run goes on without
     *     this checkpoint
     */
    CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state);

    /**
     * Takes parameters and optimizer slots from a checkpoint, before the first step.
     *
     * @throws io.covey.trainer.CoveyException a caller's error if they are another model's or optimizer's, or if this backend
     *     can only be made from a checkpoint
     */
    void restore(CheckpointDirectory directory, String checkpointPrefix);

    /** Ends a training with Keras' {@code use_ema}: the moving averages take the parameters' place. Else does nothing. */
    void overwriteWithAverages();

    /** A copy of all weights in layout order; the caller closes it. */
    NativeFloats copyWeights();

    /** A copy of all weights and of the optimizer's slots, as they are after the same step, without layers' states; the caller closes it. */
    TrainingVariables copyVariables();

    /** Replaces all weights, everywhere, by those of a {@link #copyWeights}; the optimizer's slots stay. */
    void setWeights(NativeFloats weights);

    /** The states of stateful layers as text; empty where there are none. */
    default String layerStates() {
        return "";
    }

    /** Puts back what {@link #layerStates} gave. */
    default void setLayerStates(String states) {}

    /** Asks a running {@link #train} to return at the next step boundary. The only method for other threads. */
    void requestStop();

    @Override
    void close();
}
