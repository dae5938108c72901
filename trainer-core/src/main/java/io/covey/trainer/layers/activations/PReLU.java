package io.covey.trainer.layers.activations;

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

/** {@code x} above 0, {@code alpha * x} below, alpha being trained (He et al., ICCV 2015); alpha is 1 long on shared axes. */
public final class PReLU extends Layer {
    private static final long serialVersionUID = 1L;

    private final Initializer alphaInitializer;
    private final Regularizer alphaRegularizer;
    private final Constraint alphaConstraint;
    private final int[] sharedAxes;

    /** Reads Keras' arguments. */
    public PReLU(Arguments arguments) {
        super(arguments);
        alphaInitializer = Initializers.argument(arguments, "alpha_initializer", "zeros");
        alphaRegularizer = Regularizer.argument(arguments, "alpha_regularizer");
        alphaConstraint = Constraint.argument(arguments, "alpha_constraint");
        sharedAxes = arguments.integers("shared_axes", -1, new int[0]);
    }

    /** An alpha for each number of a sample, first 0. */
    public PReLU() {
        this(Arguments.of("PReLU", Map.of()));
    }

    @Override
    public PReLU copy(Arguments newArguments) {
        return new PReLU(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> shape = new ArrayList<>(single(inputShapes));
        for (int axis : sharedAxes) {
            int index = axis < 0 ? axis + shape.size() : axis - 1;
            if (index < 0 || index >= shape.size()) {
                throw error("shared_axes has " + axis + ", the input has axes 1 to " + shape.size());
            }
            shape.set(index, 1);
        }
        return List.of(Weight.of("alpha", shape, alphaInitializer, alphaRegularizer, alphaConstraint));
    }
}
