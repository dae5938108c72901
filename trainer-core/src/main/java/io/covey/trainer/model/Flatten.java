package io.covey.trainer.model;

import java.util.List;

/**
 * Reshapes each sample to one axis, in C order.
 *
 * @param name null for Keras' automatic name
 */
public record Flatten(String name) implements Layer {
    @Override
    public String className() {
        return "Flatten";
    }

    @Override
    public List<Integer> outputShape(List<Integer> inputShape) {
        return List.of(inputShape.stream().reduce(1, Math::multiplyExact));
    }

    @Override
    public List<Weight> weights(List<Integer> inputShape) {
        return List.of();
    }
}
