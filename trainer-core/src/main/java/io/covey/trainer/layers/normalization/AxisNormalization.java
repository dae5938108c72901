package io.covey.trainer.layers.normalization;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;

/** A layer that normalises over axes of its input. */
public abstract class AxisNormalization extends Layer {
    private static final long serialVersionUID = 1L;

    private final List<Integer> axes;

    /** Reads {@code axis}. */
    AxisNormalization(Arguments arguments, boolean isSingle) {
        super(arguments);
        axes = isSingle ? List.of(Axes.single(arguments)) : Axes.argument(arguments);
    }

    /**
     * The axes that are named, by their numbers in a sample's shape, in rising order.
     *
     * @param inputShape without the batch axis
     */
    public final List<Integer> axes(List<Integer> inputShape) {
        return Axes.inSample(arguments(), axes, inputShape);
    }

    /** Sizes of the axes that are named. */
    final List<Integer> sizes(List<Integer> inputShape) {
        return axes(inputShape).stream().map(inputShape::get).toList();
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> input = single(inputShapes);
        axes(input);
        return input;
    }
}
