package io.covey.trainer.layers.reshaping;

import io.covey.trainer.config.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Makes the spatial axes, one to three, longer by whole factors. */
public final class UpSampling extends IndexLayer {
    private static final long serialVersionUID = 1L;

    private static final int FACTOR_DEFAULT = 2;

    private final int spatialAxes;
    private final int firstAxis;
    private final int[] size;
    private final Interpolation interpolation;

    /**
     * Reads Keras' arguments; {@code interpolation} with two axes.
     *
     * @param spatialAxes 1 to 3: which of Keras' classes it is
     */
    public UpSampling(int spatialAxes, Arguments arguments) {
        super(arguments);
        this.spatialAxes = spatialAxes;
        firstAxis = firstSpatialAxis(arguments);
        int[] factors = new int[spatialAxes];
        Arrays.fill(factors, FACTOR_DEFAULT);
        size = arguments.integers("size", spatialAxes, factors);
        if (Arrays.stream(size).anyMatch(factor -> factor < 1)) {
            throw arguments.error("size", "is " + Arrays.toString(size) + ", factors must be at least 1");
        }
        interpolation = spatialAxes == 2
                ? Interpolation.of(arguments.choice("interpolation", "nearest", Interpolation.kerasNames()))
                : Interpolation.NEAREST;
    }

    /** Nearest neighbours, the same factor on all axes. */
    public UpSampling(int spatialAxes, int factor) {
        this(spatialAxes, Arguments.of("UpSampling" + spatialAxes + "D", Map.of("size", factor)));
    }

    @Override
    public String className() {
        return "UpSampling" + spatialAxes + "D";
    }

    @Override
    public UpSampling copy(Arguments newArguments) {
        return new UpSampling(spatialAxes, newArguments);
    }

    /** How values between pixels are found; {@link #sources} are the nearest ones. */
    public Interpolation interpolation() {
        return interpolation;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        List<Integer> output = new ArrayList<>(single(inputShapes, spatialAxes + 1));
        for (int i = 0; i < spatialAxes; i++) {
            output.set(firstAxis + i, Math.multiplyExact(output.get(firstAxis + i), size[i]));
        }
        return output;
    }

    @Override
    public int[] sources(List<Integer> inputShape) {
        int[][] maps = new int[inputShape.size()][];
        for (int axis = 0; axis < maps.length; axis++) {
            int spatial = axis - firstAxis;
            int length = inputShape.get(axis);
            maps[axis] = spatial < 0 || spatial >= spatialAxes
                    ? IndexMap.identity(length)
                    : Interpolation.NEAREST.taps(length, length * size[spatial]).sources()[0];
        }
        return IndexMap.of(IndexMap.strides(inputShape), maps);
    }

    /** The first axis of a sample that is spatial. */
    public int firstAxis() {
        return firstAxis;
    }
}
