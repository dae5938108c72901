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
    private final boolean bilinear;

    /**
     * Reads Keras' arguments; {@code interpolation} may be nearest, or bilinear with two axes.
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
        bilinear = spatialAxes == 2
                && arguments
                        .choice("interpolation", "nearest", "nearest", "bilinear")
                        .equals("bilinear");
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

    /** Whether values are interpolated, with pixels' centres at halves; {@link #sources} are the nearest ones else. */
    public boolean isBilinear() {
        return bilinear;
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
        return sources(inputShape, new boolean[spatialAxes]);
    }

    /**
     * Sources of one of the corners that bilinear interpolation mixes.
     *
     * @param upper for each spatial axis whether the neighbour with the larger coordinate is meant
     */
    public int[] sources(List<Integer> inputShape, boolean[] upper) {
        int[][] maps = new int[inputShape.size()][];
        for (int axis = 0; axis < maps.length; axis++) {
            int spatial = axis - firstAxis;
            int length = inputShape.get(axis);
            if (spatial < 0 || spatial >= spatialAxes) {
                maps[axis] = IndexMap.identity(length);
                continue;
            }
            maps[axis] = new int[length * size[spatial]];
            for (int k = 0; k < maps[axis].length; k++) {
                int lower = bilinear ? (int) Math.floor(place(k, size[spatial])) : k / size[spatial];
                maps[axis][k] = Math.min(Math.max(lower + (upper[spatial] ? 1 : 0), 0), length - 1);
            }
        }
        return IndexMap.of(IndexMap.strides(inputShape), maps);
    }

    /** Weight of the upper neighbour along spatial axis {@code axis} for output coordinate {@code k}. */
    public float upperWeight(int axis, int k) {
        double place = place(k, size[axis]);
        return (float) (place - Math.floor(place));
    }

    /** The first axis of a sample that is spatial. */
    public int firstAxis() {
        return firstAxis;
    }

    private static double place(int k, int factor) {
        return (k + 0.5) / factor - 0.5;
    }
}
