package io.covey.trainer.layers.rnn;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applies a layer to every time step, with the same weights. */
public final class TimeDistributed extends Layer {
    private static final long serialVersionUID = 1L;

    private final Layer layer;

    /** Reads Keras' arguments; {@code layer} is required. */
    public TimeDistributed(Arguments arguments) {
        super(arguments);
        layer = arguments.object("layer", Layer.class, null, LayerTypes::read);
        if (layer == null) {
            throw arguments.error("layer", "is missing, it must be the layer that every time step goes through");
        }
    }

    public TimeDistributed(Layer layer) {
        this(Arguments.of("TimeDistributed", Map.of("layer", layer)));
    }

    @Override
    public TimeDistributed copy(Arguments newArguments) {
        return new TimeDistributed(newArguments);
    }

    /** What every time step goes through. */
    public Layer layer() {
        return layer;
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    private List<List<Integer>> steps(List<List<Integer>> inputShapes) {
        List<Integer> sequence = single(inputShapes);
        if (sequence.size() < 2) {
            throw error("takes a time axis and at least one more per sample, its input has shape " + sequence);
        }
        return List.of(sequence.subList(1, sequence.size()));
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<List<Integer>> outputs = layer.outputShapes(steps(inputShapes));
        if (outputs.size() != 1) {
            throw error("takes a layer with one output, " + layer.className() + " has " + outputs.size());
        }
        List<Integer> output = new ArrayList<>();
        output.add(inputShapes.get(0).get(0));
        output.addAll(outputs.get(0));
        return output;
    }

    @Override
    public TimeDistributed trainable(boolean newTrainable) {
        return copy(arguments().with("layer", layer.trainable(newTrainable)).with("trainable", newTrainable));
    }

    @Override
    public List<Layer> innerLayers() {
        return List.of(layer);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        String name = layer.name() == null ? LayerTypes.snakeCase(layer.className()) : layer.name();
        return layer.variables(steps(inputShapes)).stream()
                .map(weight -> weight.inside(name, "layer"))
                .toList();
    }

    @Override
    public List<Weight> variables(List<List<Integer>> inputShapes) {
        return weights(inputShapes);
    }
}
