package io.covey.trainer.layers.core;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.activations.ActivationArgument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keras' Activation layer: applies a function to every number, or over the last axis. */
public final class ActivationLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private final ActivationArgument activation;

    /** Reads Keras' arguments; {@code activation} is required; null stands for linear. */
    public ActivationLayer(Arguments arguments) {
        super(arguments);
        if (!arguments.given().containsKey("activation")) {
            throw arguments.error("activation", "is missing, for example relu");
        }
        activation = ActivationArgument.read(arguments, "activation");
    }

    public ActivationLayer(Activation activation) {
        this(Arguments.of("Activation", Map.of("activation", activation)));
    }

    @Override
    public String className() {
        return "Activation";
    }

    @Override
    public ActivationLayer copy(Arguments newArguments) {
        return new ActivationLayer(newArguments);
    }

    /** The function. */
    public Activation activation() {
        return activation.function();
    }

    /** An activation layer called on what the function gives; null for none. */
    public Layer activationLayer() {
        return activation.layer();
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        return activation.function() == Activation.GLU ? halved(input) : input;
    }

    private List<Integer> halved(List<Integer> input) {
        int last = input.isEmpty() ? 1 : input.get(input.size() - 1);
        if (last % 2 != 0) {
            throw error("glu halves the last axis, its input has shape " + input);
        }
        List<Integer> output = new ArrayList<>(input);
        output.set(output.size() - 1, last / 2);
        return output;
    }
}
