package io.covey.trainer.model;

import io.covey.trainer.layers.Layer;
import java.io.Serializable;
import java.util.List;

/**
 * A layer in its place in a model.
 *
 * @param name as given, or Keras' automatic name
 * @param layer its settings
 * @param calls its applications, one unless the layer is shared, each with the number of its place in the order of execution
 * @param parameters its variables in the flat vector
 */
public record Node(String name, Layer layer, List<Call> calls, List<ParameterSpec> parameters) implements Serializable {
    /**
     * An application of the layer.
     *
     * @param order place in the order of execution
     * @param turn place in Keras' order of execution, by which a call still finds a mask or not
     * @param inputs what it reads
     * @param outputs what it makes
     */
    public record Call(int order, int turn, List<Value> inputs, List<Value> outputs) implements Serializable {}

    /** Shape of the first application's first output, without the batch axis. */
    public List<Integer> outputShape() {
        return calls.get(0).outputs().get(0).shape();
    }

    /** Number of weights. */
    public long parameterCount() {
        return parameters.stream().mapToLong(ParameterSpec::size).sum();
    }
}
