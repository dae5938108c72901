package io.covey.trainer.losses;

/** {@code max(max((1 - t) p) - sum(t p) + 1, 0)}. */
final class CategoricalHingeLoss extends PositionLoss {
    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        return Math.max(margin(yTrue, t, yPred, p, width), 0);
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        boolean active = margin(yTrue, t, yPred, p, width) >= 0;
        float largest = largestNegative(yTrue, t, yPred, p, width);
        int ties = 0;
        for (int i = 0; i < width; i++) {
            ties += negative(yTrue[t + i], yPred[p + i]) == largest ? 1 : 0;
        }
        for (int i = 0; i < width; i++) {
            // Equal largest ones share the gradient, as in TensorFlow's reduce_max; none equals a NaN, and 0 / 0 is
            // NaN.
            double share = (negative(yTrue[t + i], yPred[p + i]) == largest ? 1.0 : 0.0) / ties;
            double derivative = share * (1.0 - yTrue[t + i]) - yTrue[t + i];
            gradient[p + i] = (float) (active || Double.isNaN(share) ? scale * derivative : 0);
        }
    }

    private static double margin(float[] yTrue, int t, float[] yPred, int p, int width) {
        double positive = 0;
        for (int i = 0; i < width; i++) {
            positive += (double) yTrue[t + i] * yPred[p + i];
        }
        return largestNegative(yTrue, t, yPred, p, width) - positive + 1;
    }

    private static float largestNegative(float[] yTrue, int t, float[] yPred, int p, int width) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            largest = Math.max(largest, negative(yTrue[t + i], yPred[p + i]));
        }
        return largest;
    }

    private static float negative(float t, float p) {
        return (1f - t) * p;
    }
}
