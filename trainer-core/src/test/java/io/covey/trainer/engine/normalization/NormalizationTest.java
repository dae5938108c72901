package io.covey.trainer.engine.normalization;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.testing.LayerProbe;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Normalizations on random shapes, axes and arguments against their formulas in float64. */
@Timeout(60)
class NormalizationTest {
    private static final int CASES = 25;
    /** Small samples may have a variance near epsilon, which magnifies rounding by up to its inverse root, some 30. */
    private static final double TOLERANCE = 2e-5;

    private static final double EPSILON = 1e-3;

    /** What one number of the input is normalised by, and its gamma and beta. */
    private interface Places {
        int of(int[] index);
    }

    private static int[] index(int i, int[] shape) {
        int[] index = new int[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = i % shape[axis];
            i /= shape[axis];
        }
        return index;
    }

    private static int place(int[] index, int[] shape, List<Integer> axes) {
        int place = 0;
        for (int axis : axes) {
            place = place * shape[axis] + index[axis];
        }
        return place;
    }

    /** Means and variances of the numbers with the same {@code set}, then gamma and beta. */
    private static double[] normalize(
            double[] x, int[] shape, Places set, Places weight, double[] gamma, double[] beta) {
        Map<Integer, double[]> sums = new HashMap<>();
        for (int i = 0; i < x.length; i++) {
            double[] sum = sums.computeIfAbsent(set.of(index(i, shape)), key -> new double[3]);
            sum[0]++;
            sum[1] += x[i];
        }
        for (int i = 0; i < x.length; i++) {
            double[] sum = sums.get(set.of(index(i, shape)));
            sum[2] += Math.pow(x[i] - sum[1] / sum[0], 2);
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int[] index = index(i, shape);
            double[] sum = sums.get(set.of(index));
            y[i] = (x[i] - sum[1] / sum[0]) / Math.sqrt(sum[2] / sum[0] + EPSILON);
            y[i] = y[i] * (gamma == null ? 1 : gamma[weight.of(index)]) + (beta == null ? 0 : beta[weight.of(index)]);
        }
        return y;
    }

    /** A shape with rows, of 2 to 5 axes. */
    private static int[] shape(SplittableRandom random) {
        int[] shape = random.ints(2 + random.nextInt(4), 1, 5).toArray();
        shape[0] = 2 + random.nextInt(3);
        return shape;
    }

    private static List<Integer> sample(int[] shape) {
        return Arrays.stream(shape).skip(1).boxed().toList();
    }

    private static void check(int[] shape, boolean training, long seed, Layer layer, LayerProbe.Formula formula) {
        new LayerProbe(sample(shape), shape[0], training, seed, TOLERANCE, layer).check(formula);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMatchFormulaWhenNormalizingBatches(boolean training) {
        for (long seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] shape = shape(random);
            int axis = 1 + random.nextInt(shape.length - 1);
            boolean scale = random.nextBoolean();
            boolean center = random.nextBoolean();
            boolean trainable = random.nextInt(4) > 0;
            Layer layer = LayerTypes.create(
                    "BatchNormalization",
                    Map.of(
                            "axis",
                            random.nextBoolean() ? axis : List.of(axis - shape.length),
                            "scale",
                            scale,
                            "center",
                            center,
                            "trainable",
                            trainable));
            check(shape, training, seed, layer, (x, weights) -> {
                double[] gamma = scale ? weights.get(0) : null;
                double[] beta = center ? weights.get(scale ? 1 : 0) : null;
                if (training && trainable) {
                    return normalize(x, shape, index -> index[axis], index -> index[axis], gamma, beta);
                }
                double[] mean = weights.get(weights.size() - 2);
                double[] variance = weights.get(weights.size() - 1);
                double[] y = new double[x.length];
                for (int i = 0; i < x.length; i++) {
                    int c = index(i, shape)[axis];
                    y[i] = (x[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON) * (gamma == null ? 1 : gamma[c])
                            + (beta == null ? 0 : beta[c]);
                }
                return y;
            });
        }
    }

    /** Any axes but the batch, at least one. */
    private static List<Integer> axes(SplittableRandom random, int rank) {
        List<Integer> all = IntStream.range(1, rank).boxed().toList();
        List<Integer> some = all.stream().filter(axis -> random.nextBoolean()).toList();
        return some.isEmpty() ? all : some;
    }

    @Test
    void shouldMatchFormulaWhenNormalizingSamples() {
        for (long seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] shape = shape(random);
            List<Integer> axes = axes(random, shape.length);
            List<Integer> others = IntStream.range(0, shape.length)
                    .boxed()
                    .filter(a -> !axes.contains(a))
                    .toList();
            boolean scale = random.nextBoolean();
            boolean center = random.nextBoolean();
            Layer layer =
                    LayerTypes.create("LayerNormalization", Map.of("axis", axes, "scale", scale, "center", center));
            check(
                    shape,
                    true,
                    seed,
                    layer,
                    (x, weights) -> normalize(
                            x,
                            shape,
                            index -> place(index, shape, others),
                            index -> place(index, shape, axes),
                            scale ? weights.get(0) : null,
                            center ? weights.get(scale ? 1 : 0) : null));
        }
    }

    @Test
    void shouldMatchFormulaWhenNormalizingGroups() {
        for (long seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] shape = shape(random);
            int axis = 1 + random.nextInt(shape.length - 1);
            int groups = 1 + random.nextInt(3);
            int perGroup = 1 + random.nextInt(3);
            shape[axis] = groups * perGroup;
            boolean scale = random.nextBoolean();
            boolean center = random.nextBoolean();
            Layer layer = LayerTypes.create(
                    "GroupNormalization",
                    Map.of("axis", axis, "groups", perGroup == 1 ? -1 : groups, "scale", scale, "center", center));
            check(
                    shape,
                    true,
                    seed,
                    layer,
                    (x, weights) -> normalize(
                            x,
                            shape,
                            index -> index[0] * groups + index[axis] / perGroup,
                            index -> index[axis],
                            scale ? weights.get(0) : null,
                            center ? weights.get(scale ? 1 : 0) : null));
        }
    }

    /** Divides by the root of a measure of each row, whose numbers' squares are taken around their mean or around 0. */
    private static double[] divide(
            double[] x, int[] shape, List<Integer> axes, boolean centered, boolean unit, double[] gamma) {
        List<Integer> others = IntStream.range(0, shape.length)
                .boxed()
                .filter(a -> !axes.contains(a))
                .toList();
        Map<Integer, double[]> sums = new HashMap<>();
        for (int i = 0; i < x.length; i++) {
            double[] sum = sums.computeIfAbsent(place(index(i, shape), shape, others), key -> new double[3]);
            sum[0]++;
            sum[1] += x[i];
            sum[2] += x[i] * x[i];
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int[] index = index(i, shape);
            double[] sum = sums.get(place(index, shape, others));
            double mean = centered ? sum[1] / sum[0] : 0;
            double size = unit ? Math.max(sum[2], 1e-12) : sum[2] / sum[0] - mean * mean + EPSILON;
            y[i] = x[i] / Math.sqrt(size) * (gamma == null ? 1 : gamma[place(index, shape, axes)]);
        }
        return y;
    }

    @Test
    void shouldMatchFormulaWhenOnlyScaling() {
        for (long seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] shape = shape(random);
            List<Integer> axes = axes(random, shape.length);
            check(
                    shape,
                    true,
                    seed,
                    LayerTypes.create("LayerNormalization", Map.of("axis", axes, "rms_scaling", true)),
                    (x, weights) -> divide(x, shape, axes, true, false, weights.get(0)));
            check(
                    shape,
                    true,
                    seed,
                    LayerTypes.create("RMSNormalization", Map.of("axis", axes, "epsilon", EPSILON)),
                    (x, weights) -> divide(x, shape, axes, false, false, weights.get(0)));
            check(
                    shape,
                    true,
                    seed,
                    LayerTypes.create("UnitNormalization", Map.of("axis", axes)),
                    (x, weights) -> divide(x, shape, axes, false, true, null));
        }
    }
}
