package io.covey.trainer.layers.core;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keras' Activation layer: applies a function to every number, or over the last axis. */
public final class ActivationLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private final Activation activation;

    /** Reads Keras' arguments; {@code activation} is required; null stands for linear. */
    public ActivationLayer(Arguments arguments) {
        super(arguments);
        if (!arguments.given().containsKey("activation")) {
            throw arguments.error("activation", "is missing, for example relu");
        }
        activation = Activation.argument(arguments, "activation", Activation.LINEAR);
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

    public Activation activation() {
        return activation;
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        return activation == Activation.GLU ? halved(input) : input;
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
