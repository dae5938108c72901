package io.covey.trainer.losses;

/**
 * Categorical cross-entropy of probabilities: {@code -sum of t log(q)}, q being the probabilities divided by their sum and
 * clipped to [epsilon, 1 - epsilon].
 */
final class CategoricalLoss extends PositionLoss {
    private final LabelSmoothing smoothing;

    CategoricalLoss(LabelSmoothing smoothing) {
        this.smoothing = smoothing;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float sum = sum(yPred, p, width);
        double loss = 0;
        for (int i = 0; i < width; i++) {
            float q = clip(yPred[p + i] / sum, EPSILON, ONE_MINUS_EPSILON);
            loss -= smoothing.target(yTrue[t + i]) * Math.log(q);
        }
        return loss;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        float sum = sum(yPred, p, width);
        double weighted = 0;
        for (int i = 0; i < width; i++) {
            weighted += byQ(yTrue[t + i], yPred[p + i] / sum) * yPred[p + i];
        }
        double common = weighted / ((double) sum * sum);
        for (int i = 0; i < width; i++) {
            double own = byQ(yTrue[t + i], yPred[p + i] / sum) / sum;
            gradient[p + i] = (float) (scale * (own - common));
        }
    }

    private double byQ(float t, float q) {
        return passesClip(q, EPSILON, ONE_MINUS_EPSILON) ? -smoothing.target(t) / (double) q : 0;
    }

    static float sum(float[] x, int offset, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += x[offset + i];
        }
        return (float) sum;
    }
}
