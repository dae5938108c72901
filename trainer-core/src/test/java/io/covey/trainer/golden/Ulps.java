package io.covey.trainer.golden;

import java.util.Arrays;

/**
 * Tolerances for float32 results without a recorded noise: 8 units in the last place of the largest number that takes part.
 * TensorFlow's exponentials, logarithms and powers are off by one to four units, their sums and products add some.
 *
 * <p>The formulas subtract terms of order 1 (probabilities, targets, {@code 1 - t p}, {@code log 2}), so where results are
 * small, their rounding noise is that of the terms: the largest number is never less than the {@code terms} given.
 */
final class Ulps {
    private static final double COUNT = 8;
    private static final int FLOAT_FRACTION_BITS = 23;

    private Ulps() {}

    /**
     * @param terms magnitude of the terms that the results are sums of
     * @param results expected results
     */
    static double of(double terms, double... results) {
        double largest =
                Arrays.stream(results).filter(Double::isFinite).map(Math::abs).reduce(terms, Math::max);
        return COUNT * Math.scalb(largest, -FLOAT_FRACTION_BITS);
    }

    /** As {@link #of(double, double...)}. */
    static double of(double terms, float... results) {
        double[] doubles = new double[results.length];
        Arrays.setAll(doubles, i -> results[i]);
        return of(terms, doubles);
    }
}
