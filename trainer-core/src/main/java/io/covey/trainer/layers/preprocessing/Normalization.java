package io.covey.trainer.layers.preprocessing;

import io.covey.trainer.config.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code (x - mean) / sqrt(variance)}, or with {@code invert} back again; mean and variance are given or {@link #adapt} takes
 * them from data, for each place along the kept axes, by default the last.
 */
public final class Normalization extends AffineLayer {
    private static final long serialVersionUID = 1L;

    /** Keras' epsilon, the least divisor. */
    private static final double EPSILON = 1e-7;

    private final List<Integer> keptAxes;
    private final boolean invert;
    private final double[] mean;
    private final double[] variance;

    /** Reads Keras' arguments; {@code axis} is a number, a list, or null for a single mean. */
    public Normalization(Arguments arguments) {
        super(arguments);
        boolean none =
                arguments.given().containsKey("axis") && arguments.given().get("axis") == null;
        int[] axes = arguments.integers("axis", -1, -1);
        keptAxes = none ? List.of() : Arrays.stream(axes).boxed().toList();
        invert = arguments.flag("invert", false);
        Object givenMean = arguments.raw("mean", null);
        Object givenVariance = arguments.raw("variance", null);
        if ((givenMean == null) != (givenVariance == null)) {
            throw arguments.error(
                    givenMean == null ? "mean" : "variance",
                    "is missing: give mean and variance, or neither and adapt");
        }
        mean = givenMean == null ? null : numbers(arguments, "mean", givenMean);
        variance = givenMean == null ? null : numbers(arguments, "variance", givenVariance);
    }

    /** A layer to be adapted. */
    public Normalization() {
        this(Arguments.of("Normalization", Map.of()));
    }

    /** A layer with given statistics, of one number or of one for each channel. */
    public Normalization(List<Double> mean, List<Double> variance) {
        this(Arguments.of("Normalization", Map.of("mean", mean, "variance", variance)));
    }

    @Override
    public Normalization copy(Arguments newArguments) {
        return new Normalization(newArguments);
    }

    /**
     * This layer with the mean and the variance of data.
     *
     * @param data samples one after the other
     * @param shape of one sample
     */
    public Normalization adapt(float[] data, List<Integer> shape) {
        int[] places = places(shape);
        int count = Arrays.stream(places).max().orElse(0) + 1;
        double[] sums = new double[count];
        double[] squares = new double[count];
        long perPlace = (long) data.length / count;
        if (data.length == 0 || data.length % places.length != 0) {
            throw error("cannot adapt to " + data.length + " numbers, samples have " + places.length);
        }
        for (int i = 0; i < data.length; i++) {
            sums[places[i % places.length]] += data[i];
        }
        for (int i = 0; i < data.length; i++) {
            int place = places[i % places.length];
            double deviation = data[i] - sums[place] / perPlace;
            squares[place] += deviation * deviation;
        }
        List<Double> means = Arrays.stream(sums).mapToObj(sum -> sum / perPlace).toList();
        List<Double> variances =
                Arrays.stream(squares).mapToObj(sum -> sum / perPlace).toList();
        return copy(arguments().with("mean", means).with("variance", variances));
    }

    @Override
    public Affine affine(List<Integer> shape) {
        if (mean == null) {
            throw error("has no mean and variance: give them, or call adapt with data");
        }
        int[] places = places(shape);
        int count = Arrays.stream(places).max().orElse(0) + 1;
        for (int length : new int[] {mean.length, variance.length}) {
            if (length != 1 && length != count) {
                throw error("mean or variance has " + length + " numbers, expected 1 or " + count);
            }
        }
        float[] deviations = new float[places.length];
        float[] means = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            double root = Math.sqrt((float) variance[places[i] % variance.length]);
            deviations[i] = (float) Math.max(root, EPSILON);
            means[i] = (float) mean[places[i] % mean.length];
        }
        return new Affine(!invert, deviations, means);
    }

    /** Which of the means each number of a sample has. */
    private int[] places(List<Integer> shape) {
        List<Integer> kept = new ArrayList<>();
        for (int axis : keptAxes) {
            int index = axis < 0 ? axis + shape.size() : axis - 1;
            if (index < 0 || index >= shape.size()) {
                throw error("axis is " + axis + ", the input has axes 1 to " + shape.size() + " beside the batch");
            }
            kept.add(index);
        }
        int[] strides = new int[shape.size()];
        int stride = 1;
        int size = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            if (kept.contains(axis)) {
                strides[axis] = stride;
                stride *= shape.get(axis);
            }
            size *= shape.get(axis);
        }
        int[] places = new int[size];
        for (int i = 0; i < size; i++) {
            int rest = i;
            for (int axis = shape.size() - 1; axis >= 0; axis--) {
                places[i] += rest % shape.get(axis) * strides[axis];
                rest /= shape.get(axis);
            }
        }
        return places;
    }
}
