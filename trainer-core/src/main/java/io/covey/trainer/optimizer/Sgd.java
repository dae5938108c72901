package io.covey.trainer.optimizer;

import io.covey.trainer.memory.VectorKernels;
import java.util.List;

/**
 * Stochastic gradient descent, {@code w -= learning_rate * g}.
 *
 * @param learningRate positive; Keras' default is 0.01
 */
public record Sgd(double learningRate) implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.01;

    /** @throws IllegalArgumentException when the learning rate is not a positive finite number */
    public Sgd {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learning_rate is " + learningRate + ", it must be positive and finite");
        }
    }

    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public List<String> slots() {
        return List.of();
    }

    @Override
    public UpdateKernel newKernel() {
        VectorKernels kernels = new VectorKernels();
        return (parameters, slots, gradientSum, gradientScale, learningRate, step, length) -> {
            // Scale, then add: two roundings on every machine, where one saxpy may or may not fuse them.
            kernels.scale(gradientSum, -(learningRate * gradientScale), length);
            kernels.add(parameters, gradientSum, length);
        };
    }
}
