package io.covey.trainer.losses;

import java.util.Arrays;

/**
 * Circle loss (Sun et al., 2020) between the samples of a call: {@code softplus(lse_p + lse_n)}, where with {@code D = max(1 -
 * x_i x_j, 0)} lse_p is the log-sum-exp of {@code gamma (D^2 - margin^2)} over the samples j of label i, and lse_n that of {@code
 * gamma max(1 + margin - D, 0) (1 - margin - D)} over the others. Predictions are embeddings of length 1. Samples without a
 * positive or without a negative partner have the loss 0 and do not count.
 */
final class CircleLoss implements LossFunction {
    private final double gamma;
    private final double margin;
    private final boolean removeDiagonal;
    private double[] exponents = {};
    private double[] sums = {};
    private boolean[] zero = {};

    /** @param removeDiagonal whether a sample is no partner of its own */
    CircleLoss(double gamma, double margin, boolean removeDiagonal) {
        this.gamma = gamma;
        this.margin = margin;
        this.removeDiagonal = removeDiagonal;
    }

    @Override
    public boolean ignoresPositions() {
        return true;
    }

    @Override
    public boolean isIgnored(float[] yTrue, int trueWidth, int position) {
        return position < zero.length && zero[position];
    }

    @Override
    public void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        if (zero.length < positions) {
            zero = new boolean[positions];
        }
        for (int i = 0; i < positions; i++) {
            loadExponents(i, yTrue, yPred, width, positions);
            values[i] = (float)
                    Stable.softplus(logSumExp(i, true, yTrue, positions) + logSumExp(i, false, yTrue, positions));
            zero[i] = !(values[i] > 0);
        }
    }

    @Override
    public void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        if (sums.length < positions * width) {
            sums = new double[positions * width];
        }
        Arrays.fill(sums, 0);
        for (int i = 0; i < positions; i++) {
            loadExponents(i, yTrue, yPred, width, positions);
            double positive = logSumExp(i, true, yTrue, positions);
            double negative = logSumExp(i, false, yTrue, positions);
            double scale = scales[i] * Stable.sigmoid(positive + negative);
            for (int j = 0; j < positions; j++) {
                double distance = 1 - dot(yPred, i * width, j * width, width);
                boolean same = yTrue[i] == yTrue[j];
                double byDistance = 0;
                if (isPair(i, j) && distance >= 0) {
                    double share = Math.exp(exponents[j] - (same ? positive : negative));
                    byDistance = scale * share * (same ? 2 * gamma * distance : byNegative(distance));
                }
                // Also where it is 0: as in a product of matrices a NaN is never hidden.
                for (int k = 0; k < width; k++) {
                    sums[i * width + k] -= byDistance * yPred[j * width + k];
                    sums[j * width + k] -= byDistance * yPred[i * width + k];
                }
            }
        }
        for (int k = 0; k < positions * width; k++) {
            gradient[k] = (float) sums[k];
        }
    }

    private double byNegative(double distance) {
        return distance <= 1 + margin ? 2 * gamma * (distance - 1) : 0;
    }

    private boolean isPair(int i, int j) {
        return i != j || !removeDiagonal;
    }

    private void loadExponents(int i, float[] yTrue, float[] yPred, int width, int positions) {
        if (exponents.length < positions) {
            exponents = new double[positions];
        }
        for (int j = 0; j < positions; j++) {
            double distance = Math.max(1 - dot(yPred, i * width, j * width, width), 0);
            exponents[j] = yTrue[i] == yTrue[j]
                    ? gamma * (margin + distance) * (distance - margin)
                    : gamma * Math.max(1 + margin - distance, 0) * (1 - margin - distance);
        }
    }

    /** Over the partners of sample i of the same label, or over the others; minus infinity for none. */
    private double logSumExp(int i, boolean same, float[] yTrue, int positions) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < positions; j++) {
            max = isPartner(i, j, same, yTrue) ? Math.max(max, exponents[j]) : max;
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (int j = 0; j < positions; j++) {
            sum += isPartner(i, j, same, yTrue) ? Math.exp(exponents[j] - max) : 0;
        }
        return max + Math.log(sum);
    }

    private boolean isPartner(int i, int j, boolean same, float[] yTrue) {
        return isPair(i, j) && (yTrue[i] == yTrue[j]) == same;
    }

    private static double dot(float[] x, int a, int b, int width) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
            sum += (double) x[a + k] * x[b + k];
        }
        return sum;
    }
}
