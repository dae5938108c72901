package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.checkpoint.WeightsCheckpoint;
import io.covey.trainer.keras.KerasFile;
import io.covey.trainer.keras.KerasFileWriter;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's weights as Keras' {@code get_weights}, {@code set_weights}, {@code save_weights} and {@code load_weights} see them.
 *
 * @param model whose layout says where each lies
 * @param values the flat parameter vector
 */
record ModelWeights(Model model, NativeFloats values) {
    List<INDArray> get() {
        List<INDArray> arrays = new ArrayList<>();
        for (ParameterSpec parameter : model.layout().parameters()) {
            float[] numbers = values.get(parameter.offset(), Math.toIntExact(parameter.size()));
            arrays.add(NdArrays.array(parameter.shape(), numbers));
        }
        return arrays;
    }

    /** Refuses wrong shapes before anything is changed. */
    void set(List<INDArray> weights) {
        List<ParameterSpec> parameters = model.layout().parameters();
        if (weights.size() != parameters.size()) {
            throw CoveyException.caller(weights.size() + " weights are given, the model has " + parameters.size());
        }
        for (int i = 0; i < weights.size(); i++) {
            NdArrays.requireShape(parameters.get(i).path(), parameters.get(i).shape(), weights.get(i));
        }
        for (int i = 0; i < weights.size(); i++) {
            values.put(parameters.get(i).offset(), NdArrays.floats(weights.get(i)));
        }
    }

    /** Keras' files have endings of their own, all others are checkpoints. */
    void read(String path) {
        if (path.endsWith(".h5") || path.endsWith(".keras")) {
            try (KerasFile file = KerasFile.open(new LocalFileStore(), path)) {
                file.readWeights(model, values);
            }
        } else {
            WeightsCheckpoint.read(new LocalFileStore(), path, model.layout(), values);
        }
    }

    void write(String path) {
        if (path.endsWith(".h5")) {
            KerasFileWriter.writeWeights(new LocalFileStore(), path, model, values);
        } else {
            WeightsCheckpoint.write(new LocalFileStore(), path, model.layout(), values);
        }
    }
}
