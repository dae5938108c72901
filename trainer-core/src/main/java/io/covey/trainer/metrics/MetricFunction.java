package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;

/**
 * Computes a metric for targets and predictions of fixed shapes. What it knows of the samples is a vector of sums, all 0 for
 * none; the vectors of disjoint sets of samples merge by addition. Several metrics can share one array, each at its offset.
 * For one thread; {@link #update} allocates nothing.
 */
public interface MetricFunction {
    /** How targets and predictions are read: positions per row, and numbers per position. */
    TargetLayout layout();

    /** Number of sums. */
    int stateLength();

    /**
     * Adds samples to the sums at {@code state[offset]}.
     *
     * @param rows number of samples
     * @param weights one per position ({@link TargetLayout#spread} makes them), or null for 1
     */
    void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset);

    /**
     * The metric for the sums at {@code state[offset]}: one number, or one for each threshold or class where Keras gives
     * several.
     */
    double[] result(double[] state, int offset);
}
