package io.covey.trainer.layers.core;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.activations.ActivationArgument;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code activation(input @ kernel + bias)} on the last axis; kernel (in, units), bias (units). */
public final class Dense extends Layer {
    private static final long serialVersionUID = 1L;

    private final int units;
    private final ActivationArgument activation;
    private final boolean useBias;
    private final Initializer kernelInitializer;
    private final Initializer biasInitializer;
    private final Regularizer kernelRegularizer;
    private final Regularizer biasRegularizer;
    private final Constraint kernelConstraint;
    private final Constraint biasConstraint;

    /** Reads Keras' arguments; {@code units} is required. */
    public Dense(Arguments arguments) {
        super(arguments);
        units = arguments.positive("units");
        activation = ActivationArgument.read(arguments, "activation");
        useBias = arguments.flag("use_bias", true);
        kernelInitializer = Initializers.argument(arguments, "kernel_initializer", "glorot_uniform");
        biasInitializer = Initializers.argument(arguments, "bias_initializer", "zeros");
        kernelRegularizer = Regularizer.argument(arguments, "kernel_regularizer");
        biasRegularizer = Regularizer.argument(arguments, "bias_regularizer");
        kernelConstraint = Constraint.argument(arguments, "kernel_constraint");
        biasConstraint = Constraint.argument(arguments, "bias_constraint");
        arguments.refuse("lora_rank").ignore("lora_alpha");
    }

    /** A layer with Keras' defaults. */
    public Dense(int units, Activation activation) {
        this(Arguments.of("Dense", Map.of("units", units, "activation", activation)));
    }

    @Override
    public Dense copy(Arguments newArguments) {
        return new Dense(newArguments);
    }

    public Dense useBias(boolean value) {
        return copy(arguments().with("use_bias", value));
    }

    public Dense kernelInitializer(Initializer value) {
        return copy(arguments().with("kernel_initializer", value));
    }

    public Dense biasInitializer(Initializer value) {
        return copy(arguments().with("bias_initializer", value));
    }

    public Dense kernelRegularizer(Regularizer value) {
        return copy(arguments().with("kernel_regularizer", value));
    }

    public Dense biasRegularizer(Regularizer value) {
        return copy(arguments().with("bias_regularizer", value));
    }

    public Dense activityRegularizer(Regularizer value) {
        return copy(arguments().with("activity_regularizer", value));
    }

    public Dense kernelConstraint(Constraint value) {
        return copy(arguments().with("kernel_constraint", value));
    }

    public Dense biasConstraint(Constraint value) {
        return copy(arguments().with("bias_constraint", value));
    }

    /** Size of the output's last axis. */
    public int units() {
        return units;
    }

    /** The function of the sums. */
    public Activation activation() {
        return activation.function();
    }

    /** An activation layer called on what the function gives; null for none. */
    public Layer activationLayer() {
        return activation.layer();
    }

    /** Whether there is a bias. */
    public boolean hasBias() {
        return useBias;
    }

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        if (input.isEmpty()) {
            throw error("takes at least one axis per sample, its input has none");
        }
        List<Integer> output = new ArrayList<>(input);
        output.set(output.size() - 1, units);
        return output;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        List<Weight> weights = new ArrayList<>();
        weights.add(Weight.of(
                "kernel",
                List.of(input.get(input.size() - 1), units),
                kernelInitializer,
                kernelRegularizer,
                kernelConstraint));
        if (useBias) {
            weights.add(Weight.of("bias", List.of(units), biasInitializer, biasRegularizer, biasConstraint));
        }
        return weights;
    }
}
