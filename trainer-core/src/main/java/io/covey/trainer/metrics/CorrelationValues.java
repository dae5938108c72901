package io.covey.trainer.metrics;

/** Correlations of the targets and predictions of a position. */
final class CorrelationValues {
    private static final double EPSILON = 1e-7;

    private CorrelationValues() {}

    /** Pearson's correlation. */
    static double pearson(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width) {
        double trueMean = mean(yTrue, t, width);
        double predMean = mean(yPred, p, width);
        double product = 0;
        for (int i = 0; i < width; i++) {
            product += (yTrue[t + i] - trueMean) * (yPred[p + i] - predMean);
        }
        return product / width / Math.sqrt(variance(yTrue, t, width) * variance(yPred, p, width));
    }

    /** Keras' concordance correlation, whose covariance takes the targets' distances from the predictions' mean. */
    static double concordance(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width) {
        double trueMean = mean(yTrue, t, width);
        double predMean = mean(yPred, p, width);
        double distance = trueMean - predMean;
        double norm = variance(yTrue, t, width) + variance(yPred, p, width) + (float) (distance * distance) + EPSILON;
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += 2 * (float) ((yTrue[t + i] - predMean) * (yPred[p + i] - predMean)) / norm;
        }
        return sum / width;
    }

    private static double mean(float[] x, int offset, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += x[offset + i];
        }
        return sum / width;
    }

    /** A float32, which overflows where Keras' does. */
    private static double variance(float[] x, int offset, int width) {
        double mean = mean(x, offset, width);
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += (x[offset + i] - mean) * (x[offset + i] - mean);
        }
        return (float) (sum / width);
    }
}
