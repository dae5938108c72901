package io.covey.trainer.layers.rnn;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A cell that goes over the time axis of (time, features) and hands its states from step to step. Further inputs are the
 * initial states, each (units). Variables: kernel (features, gates * units), recurrent kernel (units, gates * units), bias.
 */
public abstract class RecurrentLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private final int units;
    private final Activation activation;
    private final boolean useBias;
    private final Initializer kernelInitializer;
    private final Initializer recurrentInitializer;
    private final Initializer biasInitializer;
    private final Regularizer kernelRegularizer;
    private final Regularizer recurrentRegularizer;
    private final Regularizer biasRegularizer;
    private final Constraint kernelConstraint;
    private final Constraint recurrentConstraint;
    private final Constraint biasConstraint;
    private final double dropout;
    private final double recurrentDropout;
    private final boolean returnSequences;
    private final boolean returnState;
    private final boolean goBackwards;
    private final boolean zeroOutputForMask;
    private final boolean stateful;

    /** Reads the arguments that all recurrent layers have; {@code units} is required. */
    protected RecurrentLayer(Arguments arguments) {
        super(arguments);
        units = arguments.positive("units");
        activation = widthKeeping(arguments, "activation", Activation.TANH);
        useBias = arguments.flag("use_bias", true);
        kernelInitializer = Initializers.argument(arguments, "kernel_initializer", "glorot_uniform");
        recurrentInitializer = Initializers.argument(arguments, "recurrent_initializer", "orthogonal");
        biasInitializer = Initializers.argument(arguments, "bias_initializer", "zeros");
        kernelRegularizer = Regularizer.argument(arguments, "kernel_regularizer");
        recurrentRegularizer = Regularizer.argument(arguments, "recurrent_regularizer");
        biasRegularizer = Regularizer.argument(arguments, "bias_regularizer");
        kernelConstraint = Constraint.argument(arguments, "kernel_constraint");
        recurrentConstraint = Constraint.argument(arguments, "recurrent_constraint");
        biasConstraint = Constraint.argument(arguments, "bias_constraint");
        dropout = arguments.real("dropout", 0, 0, 1);
        recurrentDropout = arguments.real("recurrent_dropout", 0, 0, 1);
        returnSequences = arguments.flag("return_sequences", false);
        returnState = arguments.flag("return_state", false);
        goBackwards = arguments.flag("go_backwards", false);
        zeroOutputForMask = arguments.flag("zero_output_for_mask", false);
        stateful = arguments.flag("stateful", false);
        if (arguments.flag("time_major", false)) {
            throw arguments.error("time_major", "is true, the first axis must be the batch");
        }
        // How Keras computes it, not what.
        arguments.ignore("unroll", "implementation", "use_cudnn", "seed", "input_length", "input_dim");
    }

    /** An activation that keeps the number of units. */
    static Activation widthKeeping(Arguments arguments, String name, Activation defaultValue) {
        Activation activation = Activation.argument(arguments, name, defaultValue);
        if (activation == Activation.GLU) {
            throw arguments.error(name, "is glu, which halves the number of units");
        }
        return activation;
    }

    /** Size of the output and of each state. */
    public final int units() {
        return units;
    }

    /** Applied to what the cell takes in. */
    public final Activation activation() {
        return activation;
    }

    public final boolean hasBias() {
        return useBias;
    }

    /** Share of the inputs that are dropped, the same in all time steps. */
    public final double dropout() {
        return dropout;
    }

    /** Share of the outputs that are dropped before they are fed back, the same in all time steps. */
    public final double recurrentDropout() {
        return recurrentDropout;
    }

    /** Whether the output has a time axis. */
    public final boolean returnsSequences() {
        return returnSequences;
    }

    /** Whether the last states are further outputs. */
    public final boolean returnsState() {
        return returnState;
    }

    /** Whether it starts at the last time step; its outputs are then in that order. */
    public final boolean goesBackwards() {
        return goBackwards;
    }

    /** Whether the output of a masked time step is zero, not the output before. */
    public final boolean zeroesOutputForMask() {
        return zeroOutputForMask;
    }

    /** Whether the last states of each row of a batch are the first ones of the same row of the next batch. */
    public final boolean isStateful() {
        return stateful;
    }

    @Override
    public final int statefulSize() {
        return stateful ? Math.multiplyExact(states(), units) : 0;
    }

    /** Blocks of {@link #units} columns in the kernels. */
    public abstract int gates();

    /** Number of states. */
    public abstract int states();

    /** Shape of the bias. */
    protected List<Integer> biasShape() {
        return List.of(gates() * units);
    }

    /** How the bias begins. */
    protected Initializer biasStart(Initializer given) {
        return given;
    }

    @Override
    public final List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return outputShapes(inputShapes).get(0);
    }

    @Override
    public final List<List<Integer>> outputShapes(List<List<Integer>> inputShapes) {
        List<Integer> sequence = inputShapes.get(0);
        if (sequence.size() != 2) {
            throw error("takes (time, features) per sample, its input has shape " + sequence);
        }
        List<List<Integer>> initialStates = inputShapes.subList(1, inputShapes.size());
        if (!initialStates.isEmpty() && !initialStates.equals(Collections.nCopies(states(), List.of(units)))) {
            throw error("has " + states() + " states of " + units + " units, its initial_state has shapes "
                    + initialStates);
        }
        List<List<Integer>> outputs = new ArrayList<>();
        outputs.add(returnSequences ? List.of(sequence.get(0), units) : List.of(units));
        if (returnState) {
            outputs.addAll(Collections.nCopies(states(), List.of(units)));
        }
        return outputs;
    }

    @Override
    public final List<Weight> weights(List<List<Integer>> inputShapes) {
        int features = inputShapes.get(0).get(1);
        int width = gates() * units;
        List<Weight> weights = new ArrayList<>();
        weights.add(
                Weight.of("kernel", List.of(features, width), kernelInitializer, kernelRegularizer, kernelConstraint));
        weights.add(Weight.of(
                "recurrent_kernel",
                List.of(units, width),
                recurrentInitializer,
                recurrentRegularizer,
                recurrentConstraint));
        if (useBias) {
            weights.add(Weight.of("bias", biasShape(), biasStart(biasInitializer), biasRegularizer, biasConstraint));
        }
        String cell = LayerTypes.snakeCase(className()) + "_cell";
        return weights.stream().map(weight -> weight.inside(cell, "cell")).toList();
    }
}
