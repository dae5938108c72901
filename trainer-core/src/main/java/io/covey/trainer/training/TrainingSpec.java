package io.covey.trainer.training;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.wire.WireFormats;
import java.io.Serializable;

/**
 * What is trained on what, and how: all that decides the bits of a run, the same in every process.
 *
 * @param model architecture
 * @param compile losses and metrics of the model's outputs
 * @param optimizer compiled optimizer
 * @param inputScale factor on every input value on its way into the model, 1 for none
 * @param train order of the training rows
 * @param validation order of the validation rows, or null
 * @param test order of the test rows, or null
 * @param seed of initial weights, shuffling and all other random numbers
 * @param wire how gradients and parameters travel between workers and server shards
 */
public record TrainingSpec(
        Model model,
        CompileOptions compile,
        Optimizer optimizer,
        float inputScale,
        DataPlan train,
        DataPlan validation,
        DataPlan test,
        long seed,
        WireFormats wire)
        implements Serializable {
    /** All travels as float32. */
    public TrainingSpec(
            Model model,
            CompileOptions compile,
            Optimizer optimizer,
            float inputScale,
            DataPlan train,
            DataPlan validation,
            DataPlan test,
            long seed) {
        this(model, compile, optimizer, inputScale, train, validation, test, seed, WireFormats.FLOAT32);
    }

    /** The same with other formats on the wire. */
    public TrainingSpec withWire(WireFormats newWire) {
        return new TrainingSpec(model, compile, optimizer, inputScale, train, validation, test, seed, newWire);
    }

    /** What the sums of a step mean; made anew by each call. */
    public StateLayout metrics() {
        return new StateLayout(model, compile);
    }

    /** The plan of {@code split}, or null if the job has no such data. */
    public DataPlan plan(DataSplit split) {
        return switch (split) {
            case TRAIN -> train;
            case VALIDATION -> validation;
            case TEST -> test;
        };
    }

    /** Number of virtual shards V, the same for every split. */
    public int virtualShards() {
        return train.virtualShards();
    }

    /** Number of classes: the size of the model's output. */
    public int classes() {
        return model.outputShape().get(0);
    }
}
