package io.covey.trainer.golden;

import java.util.Arrays;

/** Tolerances for results without a recorded noise. */
final class Ulps {
    static final double FACTOR = 8;

    private Ulps() {}

    static double of(float... values) {
        double[] d = new double[values.length];
        Arrays.setAll(d, i -> values[i]);
        return of(d);
    }

    static double of(double... values) {
        double m = Arrays.stream(values)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        return FACTOR * Math.scalb(m, -24);
    }
}
