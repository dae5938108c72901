package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.model.Model;

/** Where models with stateful layers can be run, and in which batches. */
public final class StatefulLayers {
    /** What an error says of {@code stateful} where a cluster trains. */
    public static final String NOT_ON_CLUSTER =
            "is true, but the workers of a cluster, on which jobs run, keep no states from"
                    + " batch to batch: train with KerasModel in one process, or pass the states on as initial_state with return_state";

    private StatefulLayers() {}

    /** Refuses a model whose states a cluster would lose. */
    static void refuseOnCluster(Model model) {
        if (model.statefulSize() > 0) {
            throw CoveyException.caller("model " + model.name() + ": stateful " + NOT_ON_CLUSTER);
        }
    }

    /**
     * Checks that every batch has a row for each row of states.
     *
     * @param data what an error calls the rows
     * @throws CoveyException a caller's error when a batch would have another number of rows than the model's batches have
     */
    static void checkBatches(String data, Model model, long rows, int batchSize) {
        if (model.statefulSize() == 0) {
            return;
        }
        int size = model.batchSize();
        boolean isWhole = batchSize == size ? rows % size == 0 : rows == size && batchSize > size;
        if (isWhole) {
            return;
        }
        throw CoveyException.caller(data + " has " + rows + " rows, in batches of " + batchSize
                + ": the model has stateful layers and takes batches of " + size + ", as its input says: "
                + (batchSize == size ? "leave out " + rows % size + " rows" : "use batch_size " + size));
    }
}
