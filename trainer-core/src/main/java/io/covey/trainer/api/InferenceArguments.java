package io.covey.trainer.api;

import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.training.TrainingCluster;
import java.util.ArrayList;
import java.util.List;

/**
 * The optional arguments of {@link KerasModel#evaluate} and {@link KerasModel#predict}, with Keras' names and defaults: {@code
 * inference().batchSize(256).verbose(0)}. Setters change this object and return it.
 */
public final class InferenceArguments {
    private int batchSize = FitArguments.BATCH_SIZE_DEFAULT;
    private int verbose = 1;
    private int steps;
    private List<Callback> callbacks = List.of();
    private TrainingCluster cluster;

    private InferenceArguments() {}

    /** Keras' defaults. */
    public static InferenceArguments inference() {
        return new InferenceArguments();
    }

    /** Samples in a batch. */
    public InferenceArguments batchSize(int newBatchSize) {
        batchSize = FitArguments.atLeast("batch_size", newBatchSize, 1);
        return this;
    }

    /** What is printed: 0 nothing, 1 a bar, 2 a line. */
    public InferenceArguments verbose(int newVerbose) {
        verbose = FitArguments.atLeast("verbose", newVerbose, 0);
        return this;
    }

    /** Batches, the first ones; 0 for all. */
    public InferenceArguments steps(int newSteps) {
        steps = FitArguments.atLeast("steps", newSteps, 0);
        return this;
    }

    /** Called in this order. */
    public InferenceArguments callbacks(Callback... newCallbacks) {
        callbacks = List.of(newCallbacks);
        return this;
    }

    /** Evaluates there instead of in this process; {@link KerasModel#predict} only knows this process. */
    public InferenceArguments on(TrainingCluster newCluster) {
        cluster = newCluster;
        return this;
    }

    int batchSize() {
        return batchSize;
    }

    int steps() {
        return steps;
    }

    TrainingCluster cluster() {
        return cluster;
    }

    /** The rows that are taken. */
    Dataset of(Dataset data) {
        return steps == 0 || data.rows() == 0 ? data : data.take(rows(data));
    }

    private int rows(Dataset data) {
        return (int) Math.min(data.rows(), (long) steps * batchSize);
    }

    /** The caller's and the progress bar. */
    List<Callback> callbacks() {
        List<Callback> all = new ArrayList<>(callbacks);
        if (verbose > 0) {
            all.add(Callbacks.progbarLogger().verbose(verbose));
        }
        return all;
    }
}
