package io.covey.trainer.crosscheck;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.custom.SameDiffLayer;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A layer with the weights and shapes of another one that Deeplearning4j computes. */
final class Twin extends SameDiffLayer {
    private static final long serialVersionUID = 1L;

    /** What the layer computes. */
    @FunctionalInterface
    interface Expression {
        SDVariable of(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights);
    }

    private final Layer original;
    private final transient Expression expression;

    Twin(Layer original, Expression expression) {
        super(Arguments.of("Twin", Map.of()));
        this.original = original;
        this.expression = expression;
    }

    @Override
    public Twin copy(Arguments newArguments) {
        return new Twin(original, expression);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return original.outputShape(inputShapes);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return original.weights(inputShapes);
    }

    @Override
    public SDVariable call(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, boolean training) {
        return expression.of(graph, inputs, weights);
    }
}
