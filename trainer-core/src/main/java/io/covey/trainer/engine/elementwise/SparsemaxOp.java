package io.covey.trainer.engine.elementwise;

import io.covey.trainer.engine.Signal;
import java.util.Arrays;

/**
 * {@code max(x - tau, 0)} over the last axis, with Keras' tau: one less than the sum of all cumulative sums over the support,
 * by the support's size k. (Martins and Astudillo, ICML 2016, have the cumulative sum of the whole support instead, and
 * with it a distribution.)
 */
final class SparsemaxOp extends VectorOp {
    private final float[] sorted;

    SparsemaxOp(Signal in, Signal out) {
        super(in, out);
        sorted = new float[in.value().width()];
    }

    @Override
    void value(float[] x, float[] y) {
        double sum = 0;
        double sumOfSums = 0;
        int k = support(x);
        for (int i = 1; i <= k; i++) {
            sum += sorted[x.length - i];
            sumOfSums += sum;
        }
        double tau = (sumOfSums - 1) / k;
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) Math.max(x[i] - tau, 0);
        }
    }

    /** The element of rank r, from 0, is in k - r of the cumulative sums. */
    @Override
    void gradient(float[] x, float[] y, float[] dy, float[] dx) {
        double sum = 0;
        for (int i = 0; i < dy.length; i++) {
            sum += y[i] > 0 ? dy[i] : 0;
        }
        int k = support(x);
        for (int i = 0; i < dx.length; i++) {
            double own = y[i] > 0 ? dy[i] : 0;
            dx[i] = (float) (own - sum * Math.max(k - rank(x, i), 0) / k);
        }
    }

    /** Sorts, and counts the largest elements that each exceed what the sum of those before leaves to them. */
    private int support(float[] x) {
        System.arraycopy(x, 0, sorted, 0, x.length);
        Arrays.sort(sorted);
        double sum = 0;
        int k = 0;
        for (int i = 1; i <= x.length; i++) {
            sum += sorted[x.length - i];
            k += sorted[x.length - i] - (sum - 1) / i > 0 ? 1 : 0;
        }
        return k;
    }

    /** Elements before {@code x[index]} in falling order; of equal ones the first comes first. */
    private static int rank(float[] x, int index) {
        int rank = 0;
        for (int i = 0; i < x.length; i++) {
            rank += x[i] > x[index] || (x[i] == x[index] && i < index) ? 1 : 0;
        }
        return rank;
    }
}
