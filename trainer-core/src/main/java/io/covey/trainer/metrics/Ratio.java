package io.covey.trainer.metrics;

/** Keras' {@code divide_no_nan}. */
final class Ratio {
    private Ratio() {}

    /** {@code a / b}, 0 for b = 0. */
    static double of(double a, double b) {
        return b == 0 ? 0 : a / b;
    }
}
