package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.WeightsSnapshot;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.WeightsCheckpoint;
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
        // Keras builds a Sequential's layers in its name scope, a functional model's before there is a model.
        String scope = model.kind() == Model.Kind.SEQUENTIAL ? model.name() + "/" : "";
        try (NativeFloats weights = backend.copyWeights()) {
            List<WeightArray> arrays = new ArrayList<>();
            for (ParameterSpec parameter : model.layout().parameters()) {
                float[] values = weights.get(parameter.offset(), Math.toIntExact(parameter.size()));
                arrays.add(new WeightArray(scope + parameter.path(), parameter.shape(), values));
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

    void save(FileStore files, String path) {
        if (path.endsWith(".h5") || path.endsWith(".keras")) {
            throw CoveyException.caller(
                    "weights cannot be saved as " + path + ": a name without .h5 or .keras is a TensorFlow checkpoint");
        }
        try (NativeFloats weights = backend.copyWeights()) {
            WeightsCheckpoint.write(files, path, model.layout(), weights);
        }
    }
}
