package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;

/**
 * Coefficient of determination, {@code 1 - residual sum of squares / total sum of squares}, of each output. The sums: the
 * number of targets, then for each output targets, squared targets, squared errors and weights.
 */
final class R2Metric implements MetricFunction {
    /** How outputs are averaged. */
    enum Average {
        NONE,
        UNIFORM_AVERAGE,
        VARIANCE_WEIGHTED_AVERAGE
    }

    private static final int TARGETS = 0;
    private static final int SQUARED_TARGETS = 1;
    private static final int SQUARED_ERRORS = 2;
    private static final int WEIGHTS = 3;
    private static final int SUMS = 4;

    private final TargetLayout layout;
    private final Average average;
    private final int regressors;

    /** @param regressors number of independent regressors for the adjusted score, 0 for the plain one */
    R2Metric(TargetLayout layout, Average average, int regressors) {
        this.layout = layout;
        this.average = average;
        this.regressors = regressors;
    }

    @Override
    public TargetLayout layout() {
        return layout;
    }

    @Override
    public int stateLength() {
        return 1 + SUMS * layout.width();
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        int width = layout.width();
        state[offset] += (double) rows * width;
        for (int row = 0; row < rows; row++) {
            double weight = weights == null ? 1 : weights[row];
            for (int i = 0; i < width; i++) {
                double target = yTrue[row * width + i];
                double error = target - yPred[row * width + i];
                int sums = offset + 1 + SUMS * i;
                state[sums + TARGETS] += weight * target;
                state[sums + SQUARED_TARGETS] += weight * target * target;
                state[sums + SQUARED_ERRORS] += weight * error * error;
                state[sums + WEIGHTS] += weight;
            }
        }
    }

    @Override
    public double[] result(double[] state, int offset) {
        double[] scores = new double[layout.width()];
        double sum = 0;
        double weightedSum = 0;
        double weightSum = 0;
        for (int i = 0; i < scores.length; i++) {
            int sums = offset + 1 + SUMS * i;
            double targets = state[sums + TARGETS];
            double ofMean = overflowing(targets * (targets / state[sums + WEIGHTS]));
            double total = overflowing(state[sums + SQUARED_TARGETS]) - ofMean;
            double score = overflowing(1 - overflowing(state[sums + SQUARED_ERRORS]) / total);
            scores[i] = Double.isInfinite(score) ? 0 : score;
            sum += scores[i];
            weightedSum += total * scores[i];
            weightSum += total;
        }
        double[] result =
                switch (average) {
                    case NONE -> scores;
                    case UNIFORM_AVERAGE -> new double[] {sum / scores.length};
                    case VARIANCE_WEIGHTED_AVERAGE -> new double[] {weightedSum / weightSum};
                };
        return adjusted(result, state[offset]);
    }

    /** Infinite where float32, in which Keras computes, would be: such scores are 0. */
    private static double overflowing(double x) {
        return Math.abs(x) > Float.MAX_VALUE ? Math.copySign(Double.POSITIVE_INFINITY, x) : x;
    }

    /** Keras' adjusted score, where there are more targets than regressors. */
    private double[] adjusted(double[] scores, double targets) {
        if (regressors != 0 && regressors < targets - 1) {
            for (int i = 0; i < scores.length; i++) {
                scores[i] = 1 - (1 - scores[i]) * (targets - 1) / (targets - regressors - 1);
            }
        }
        return scores;
    }
}
