package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;
import java.util.Arrays;

/**
 * F-beta score of classes: {@code (1 + b^2) precision recall / (b^2 precision + recall)}, with epsilon in every divisor as in
 * Keras. The sums, for each class: true positives, false positives, false negatives, targets.
 */
final class FBetaMetric implements MetricFunction {
    /** How classes are averaged. */
    enum Average {
        NONE,
        MICRO,
        MACRO,
        WEIGHTED
    }

    private static final double EPSILON = 1e-7;
    private static final float SMALLEST_POSITIVE = 1e-9f;
    private static final int TRUE_POSITIVES = 0;
    private static final int FALSE_POSITIVES = 1;
    private static final int FALSE_NEGATIVES = 2;
    private static final int TARGETS = 3;
    private static final int SUMS = 4;

    private final TargetLayout layout;
    private final Average average;
    private final double beta;
    private final float threshold;

    /** @param threshold predictions above it are positive; NaN for the largest of each sample */
    FBetaMetric(TargetLayout layout, Average average, double beta, float threshold) {
        this.layout = layout;
        this.average = average;
        this.beta = beta;
        this.threshold = threshold;
    }

    @Override
    public TargetLayout layout() {
        return layout;
    }

    private int classes() {
        return average == Average.MICRO ? 1 : layout.width();
    }

    @Override
    public int stateLength() {
        return SUMS * classes();
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        int width = layout.width();
        for (int row = 0; row < rows; row++) {
            double weight = weights == null ? 1 : weights[row];
            float largest = Float.NEGATIVE_INFINITY;
            for (int i = row * width; i < (row + 1) * width; i++) {
                largest = Math.max(largest, yPred[i]);
            }
            for (int c = 0; c < width; c++) {
                float prediction = yPred[row * width + c];
                boolean positive = Float.isNaN(threshold)
                        ? prediction >= largest && Math.abs(prediction) > SMALLEST_POSITIVE
                        : prediction > threshold;
                double target = yTrue[row * width + c];
                int sums = offset + SUMS * (average == Average.MICRO ? 0 : c);
                state[sums + TRUE_POSITIVES] += weight * (positive ? target : 0);
                state[sums + FALSE_POSITIVES] += weight * (positive ? 1 - target : 0);
                state[sums + FALSE_NEGATIVES] += weight * (positive ? 0 : target);
                state[sums + TARGETS] += weight * target;
            }
        }
    }

    @Override
    public double[] result(double[] state, int offset) {
        double[] scores = new double[classes()];
        double targets = 0;
        double weighted = 0;
        for (int c = 0; c < scores.length; c++) {
            int sums = offset + SUMS * c;
            double truePositives = state[sums + TRUE_POSITIVES];
            double precision = truePositives / (truePositives + state[sums + FALSE_POSITIVES] + EPSILON);
            double recall = truePositives / (truePositives + state[sums + FALSE_NEGATIVES] + EPSILON);
            scores[c] = (1 + beta * beta) * precision * recall / (beta * beta * precision + recall + EPSILON);
            targets += state[sums + TARGETS];
            weighted += scores[c] * state[sums + TARGETS];
        }
        return switch (average) {
            case NONE -> scores;
            case MICRO, MACRO -> new double[] {Arrays.stream(scores).average().orElse(Double.NaN)};
            case WEIGHTED -> new double[] {weighted / (targets + EPSILON)};
        };
    }
}
