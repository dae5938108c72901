package io.covey.trainer.objective;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the metrics of some samples add up to: a vector of sums and counts whose meaning {@link StateLayout} knows. States of
 * disjoint sets of samples merge by addition; merged in a fixed order they give the same bits everywhere.
 */
public final class MetricState implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] sums;

    private MetricState(double[] sums) {
        this.sums = sums;
    }

    /** The state of no samples, of {@code length} sums. */
    public static MetricState zero(int length) {
        return new MetricState(new double[length]);
    }

    /** A state with these sums (copied). */
    public static MetricState of(double... sums) {
        return new MetricState(sums.clone());
    }

    /** Adds another state of the same length to this one. */
    public void add(MetricState other) {
        if (other.sums.length != sums.length) {
            throw new IllegalArgumentException(
                    "metric states of " + sums.length + " and " + other.sums.length + " sums cannot be added");
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
    }

    /** Adds {@code value} to sum {@code index}. */
    public void add(int index, double value) {
        sums[index] += value;
    }

    /** The sums themselves, not a copy. */
    public double[] sums() {
        return sums;
    }

    /** Back to the state of no samples. */
    public void reset() {
        Arrays.fill(sums, 0);
    }

    public double get(int index) {
        return sums[index];
    }

    public int length() {
        return sums.length;
    }

    public MetricState copy() {
        return new MetricState(sums.clone());
    }

    @Override
    public String toString() {
        return Arrays.toString(sums);
    }
}
