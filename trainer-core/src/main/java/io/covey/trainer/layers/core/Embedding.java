package io.covey.trainer.layers.core;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A row of the table (input_dim, output_dim) for every integer of the input. */
public final class Embedding extends Layer {
    private static final long serialVersionUID = 1L;

    private final int inputDim;
    private final int outputDim;
    private final boolean maskZero;
    private final Initializer initializer;
    private final Regularizer regularizer;
    private final Constraint constraint;

    /** Reads Keras' arguments; {@code input_dim} and {@code output_dim} are required. */
    public Embedding(Arguments arguments) {
        super(arguments);
        inputDim = arguments.positive("input_dim");
        outputDim = arguments.positive("output_dim");
        maskZero = arguments.flag("mask_zero", false);
        initializer = Initializers.argument(arguments, "embeddings_initializer", "uniform");
        regularizer = Regularizer.argument(arguments, "embeddings_regularizer");
        constraint = Constraint.argument(arguments, "embeddings_constraint");
        arguments.refuse("weights", "lora_rank").ignore("input_length", "lora_alpha");
    }

    /** A layer with Keras' defaults. */
    public Embedding(int inputDim, int outputDim) {
        this(Arguments.of("Embedding", Map.of("input_dim", inputDim, "output_dim", outputDim)));
    }

    @Override
    public Embedding copy(Arguments newArguments) {
        return new Embedding(newArguments);
    }

    public Embedding maskZero(boolean value) {
        return copy(arguments().with("mask_zero", value));
    }

    /** Rows of the table: the largest integer is one less. */
    public int inputDim() {
        return inputDim;
    }

    /** Numbers per row of the table. */
    public int outputDim() {
        return outputDim;
    }

    /** Whether a zero stands for no word, which later layers leave out. */
    public boolean masksZero() {
        return maskZero;
    }

    @Override
    public boolean makesMask() {
        return maskZero;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> output = new ArrayList<>(single(inputShapes));
        output.add(outputDim);
        return output;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return List.of(Weight.of("embeddings", List.of(inputDim, outputDim), initializer, regularizer, constraint));
    }
}
