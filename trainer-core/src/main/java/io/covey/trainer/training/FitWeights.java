package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.WeightsSnapshot;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.WeightsCheckpoint;
import io.covey.trainer.keras.Compiled;
import io.covey.trainer.keras.KerasFileWriter;
import io.covey.trainer.keras.OptimizerState;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;

/** What callbacks do with the weights of a run. */
final class FitWeights {
    private final TrainingBackend backend;
    private final Model model;
    private boolean replaced;

    FitWeights(TrainingBackend backend, Model model) {
        this.backend = backend;
        this.model = model;
    }

    /** Whether weights were put back since this was last asked. */
    boolean takeReplaced() {
        boolean was = replaced;
        replaced = false;
        return was;
    }

    List<WeightArray> arrays() {
        try (NativeFloats weights = backend.copyWeights()) {
            List<WeightArray> arrays = new ArrayList<>();
            for (ParameterSpec parameter : model.layout().parameters()) {
                float[] values = weights.get(parameter.offset(), Math.toIntExact(parameter.size()));
                arrays.add(new WeightArray(model.weightPath(parameter), parameter.shape(), values));
            }
            return arrays;
        }
    }

    WeightsSnapshot snapshot() {
        return new FlatSnapshot(backend.copyWeights());
    }

    void restore(WeightsSnapshot snapshot) {
        backend.setWeights(((FlatSnapshot) snapshot).weights());
        replaced = true;
    }

    /** @throws CoveyException a caller's error for a file of Keras' other than of weights */
    void save(FileStore files, String path) {
        try (NativeFloats weights = backend.copyWeights()) {
            if (path.endsWith(".h5") || path.endsWith(".keras")) {
                KerasFileWriter.writeWeights(files, path, model, weights);
            } else {
                WeightsCheckpoint.write(files, path, model.layout(), weights);
            }
        }
    }

    /**
     * Writes the model with what the optimizer remembers.
     *
     * @param iterations steps done
     * @param learningRate in force where there is no schedule
     * @throws CoveyException a caller's error for another file than Keras' of a model
     */
    void saveModel(FileStore files, String path, Compiled compiled, long iterations, float learningRate) {
        try (TrainingVariables variables = backend.copyVariables()) {
            OptimizerState state = new OptimizerState(variables.slots(), iterations, learningRate);
            KerasFileWriter.writeModel(files, path, model, variables.parameters(), compiled, state);
        }
    }
}
