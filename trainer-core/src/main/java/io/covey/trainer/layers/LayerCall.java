package io.covey.trainer.layers;

import java.util.List;

/** One application of a layer in a functional model; compared by identity. */
public final class LayerCall {
    private final Layer layer;
    private final List<SymbolicTensor> inputs;
    private final List<SymbolicTensor> outputs;

    LayerCall(Layer layer, List<SymbolicTensor> inputs) {
        this.layer = layer;
        this.inputs = List.copyOf(inputs);
        this.outputs = layer
                .outputShapes(inputs.stream().map(SymbolicTensor::shape).toList())
                .stream()
                .map(shape -> SymbolicTensor.outputOf(this, shape))
                .toList();
    }

    public Layer layer() {
        return layer;
    }

    public List<SymbolicTensor> inputs() {
        return inputs;
    }

    public List<SymbolicTensor> outputs() {
        return outputs;
    }
}
