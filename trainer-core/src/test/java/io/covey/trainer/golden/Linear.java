package io.covey.trainer.golden;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.initializers.RandomNormal;
import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.custom.SameDiffLayer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The user's own layer of the case custom_layer: {@code x @ w + b}. */
final class Linear extends SameDiffLayer {
    private static final long serialVersionUID = 1L;

    private final int units;

    Linear(Arguments arguments) {
        super(arguments);
        units = arguments.positive("units");
    }

    @Override
    public Linear copy(Arguments newArguments) {
        return new Linear(newArguments);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> shape = new ArrayList<>(single(inputShapes));
        shape.set(shape.size() - 1, units);
        return shape;
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        return List.of(
                Weight.of("w", List.of(input.get(input.size() - 1), units), new RandomNormal(), null, null),
                Weight.of("b", List.of(units), new Zeros(), null, null));
    }

    @Override
    public SDVariable call(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, boolean training) {
        return inputs.get(0).mmul(weights.get(0)).add(weights.get(1));
    }
}
