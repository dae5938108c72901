package io.covey.trainer.losses;

/**
 * Categorical cross-entropy of probabilities: {@code -sum of t log(q)}, q being the probabilities divided by their sum and
 * clipped to [epsilon, 1 - epsilon].
 */
final class CategoricalLoss extends PositionLoss {
    private final float labelSmoothing;

    /** @param labelSmoothing moves the targets towards 1 / width: {@code t (1 - s) + s / width} */
    CategoricalLoss(float labelSmoothing) {
        this.labelSmoothing = labelSmoothing;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float sum = sum(yPred, p, width);
        double loss = 0;
        for (int i = 0; i < width; i++) {
            float q = clip(yPred[p + i] / sum, EPSILON, ONE_MINUS_EPSILON);
            loss -= smooth(yTrue[t + i], labelSmoothing, width) * Math.log(q);
        }
        return loss;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        float sum = sum(yPred, p, width);
        double weighted = 0;
        for (int i = 0; i < width; i++) {
            weighted += byQ(yTrue[t + i], yPred[p + i] / sum, width) * yPred[p + i];
        }
        double common = weighted / ((double) sum * sum);
        for (int i = 0; i < width; i++) {
            double own = byQ(yTrue[t + i], yPred[p + i] / sum, width) / sum;
            gradient[p + i] = (float) (scale * (own - common));
        }
    }

    private double byQ(float t, float q, int width) {
        return passesClip(q, EPSILON, ONE_MINUS_EPSILON) ? -smooth(t, labelSmoothing, width) / (double) q : 0;
    }

    static float smooth(float t, float smoothing, int width) {
        return smoothing == 0 ? t : t * (1f - smoothing) + smoothing / width;
    }

    static float sum(float[] x, int offset, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += x[offset + i];
        }
        return (float) sum;
    }
}
