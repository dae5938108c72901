package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code activation(input @ kernel + bias)} on the last axis; kernel (in, units), bias (units).
 *
 * @param name null for Keras' automatic name
 * @param units size of the output, at least 1
 * @param activation applied to the output
 * @param useBias whether there is a bias
 * @param kernelInitializer Keras' default is glorot_uniform
 * @param biasInitializer Keras' default is zeros
 */
public record Dense(
        String name,
        int units,
        Activation activation,
        boolean useBias,
        Initializer kernelInitializer,
        Initializer biasInitializer)
        implements Layer {
    /** @throws CoveyException when units is below 1 */
    public Dense {
        if (units < 1) {
            throw CoveyException.caller("dense: units is " + units + ", it must be at least 1");
        }
    }

    /** A Dense layer with Keras' defaults. */
    public Dense(int units, Activation activation) {
        this(null, units, activation, true, new Initializer.GlorotUniform(), new Initializer.Zeros());
    }

    @Override
    public String className() {
        return "Dense";
    }

    @Override
    public List<Integer> outputShape(List<Integer> inputShape) {
        if (inputShape.size() != 1) {
            throw CoveyException.caller("dense takes one axis per sample, its input has shape " + inputShape
                    + ": put a flatten layer before it");
        }
        return List.of(units);
    }

    @Override
    public List<Weight> weights(List<Integer> inputShape) {
        List<Weight> weights = new ArrayList<>();
        weights.add(new Weight("kernel", List.of(inputShape.get(0), units), kernelInitializer));
        if (useBias) {
            weights.add(new Weight("bias", List.of(units), biasInitializer));
        }
        return weights;
    }
}
