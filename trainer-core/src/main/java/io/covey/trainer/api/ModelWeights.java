package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's weights as Keras' {@code get_weights} and {@code set_weights} see them.
 *
 * @param layout where each lies
 * @param values the flat parameter vector
 */
record ModelWeights(ParameterLayout layout, NativeFloats values) {
    List<INDArray> get() {
        List<INDArray> arrays = new ArrayList<>();
        for (ParameterSpec parameter : layout.parameters()) {
            float[] numbers = values.get(parameter.offset(), Math.toIntExact(parameter.size()));
            arrays.add(NdArrays.array(parameter.shape(), numbers));
        }
        return arrays;
    }

    /** Refuses wrong shapes before anything is changed. */
    void set(List<INDArray> weights) {
        List<ParameterSpec> parameters = layout.parameters();
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
}
