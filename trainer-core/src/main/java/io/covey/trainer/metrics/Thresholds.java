package io.covey.trainer.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Thresholds, compared as float32. */
final class Thresholds {
    private static final double EPSILON = 1e-7;
    private static final double RELATIVE_TOLERANCE = 1e-5;
    private static final int FEWEST_EVEN = 3;

    private final float[] sorted;
    private final int[] ranks;
    private final boolean even;

    private Thresholds(double[] values, boolean even) {
        this.even = even;
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        sorted = new float[values.length];
        ranks = new int[values.length];
        for (int rank = 0; rank < order.length; rank++) {
            sorted[rank] = (float) values[order[rank]];
            ranks[order[rank]] = rank;
        }
    }

    /** Thresholds in any order. */
    static Thresholds of(double... values) {
        return new Thresholds(values, isEven(values));
    }

    /** {@code count} thresholds, 0, 1 / (count - 1), ..., 1; for a count of 1, 1/2. */
    static Thresholds even(int count) {
        return count == 1 ? of(0.5) : new Thresholds(evenValues(count), true);
    }

    /** Those of an area under a curve: {@code count} even ones with the first and last just outside of [0, 1]. */
    static Thresholds ofCurve(int count) {
        return new Thresholds(widened(evenValues(count)), true);
    }

    /** Those of an area under a curve with given inner thresholds. */
    static Thresholds ofCurve(double[] inner) {
        double[] values = new double[inner.length + 2];
        System.arraycopy(inner, 0, values, 1, inner.length);
        values[values.length - 1] = 1;
        Arrays.sort(values, 1, values.length - 1);
        return new Thresholds(widened(values), isEven(values));
    }

    private static double[] widened(double[] values) {
        values[0] = -EPSILON;
        values[values.length - 1] = 1 + EPSILON;
        return values;
    }

    private static double[] evenValues(int count) {
        return IntStream.range(0, count)
                .mapToDouble(i -> (double) i / (count - 1))
                .toArray();
    }

    private static boolean isEven(double[] values) {
        double[] evenValues = evenValues(values.length);
        return values.length >= FEWEST_EVEN
                && IntStream.range(0, values.length)
                        .allMatch(i -> Math.abs(values[i] - evenValues[i])
                                <= EPSILON + RELATIVE_TOLERANCE * Math.abs(evenValues[i]));
    }

    int count() {
        return sorted.length;
    }

    /** For each threshold in the order given, its place in ascending order. */
    int[] ranks() {
        return ranks.clone();
    }

    /** How many thresholds are below the prediction; none for NaN. */
    int passed(float prediction) {
        if (even && !Float.isNaN(prediction)) {
            float cut = Math.min(Math.max(prediction, 0), 1);
            int passed = (int) Math.ceil(cut * (sorted.length - 1f));
            return sorted[0] < 0 ? Math.max(passed, 1) : passed;
        }
        int passed = 0;
        while (passed < sorted.length && prediction > sorted[passed]) {
            passed++;
        }
        return passed;
    }
}
