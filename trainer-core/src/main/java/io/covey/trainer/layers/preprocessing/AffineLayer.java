package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.Arrays;
import java.util.List;

/** A layer that scales and shifts every number by constants. */
public abstract class AffineLayer extends Layer {
    private static final long serialVersionUID = 1L;

    AffineLayer(Arguments arguments) {
        super(arguments);
    }

    /** The constants for samples of a shape. */
    public abstract Affine affine(List<Integer> shape);

    @Override
    public boolean supportsMasking() {
        return true;
    }

    @Override
    public final List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> shape = single(inputShapes);
        affine(shape);
        return shape;
    }

    /** A number, or a list of numbers. */
    static double[] numbers(Arguments arguments, String name, Object written) {
        if (written instanceof Number number) {
            return new double[] {number.doubleValue()};
        }
        if (written instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(each -> each instanceof Number || each instanceof List<?>)) {
            return list.stream()
                    .flatMapToDouble(each -> Arrays.stream(numbers(arguments, name, each)))
                    .toArray();
        }
        throw arguments.error(name, "is " + written + ", expected a number or a list of numbers");
    }
}
