package io.covey.trainer.losses;

/**
 * Categorical focal cross-entropy {@code -sum of alpha (1 - q)^gamma t log(q)}, q being the probabilities divided by their
 * sum and clipped to [epsilon, 1 - epsilon]; alpha is one for all classes, or one for each.
 */
final class CategoricalFocalLoss extends PositionLoss {
    private final double[] alphas;
    private final double gamma;
    private final boolean fromLogits;
    private final LabelSmoothing smoothing;

    CategoricalFocalLoss(double[] alphas, double gamma, boolean fromLogits, LabelSmoothing smoothing) {
        this.alphas = alphas;
        this.gamma = gamma;
        this.fromLogits = fromLogits;
        this.smoothing = smoothing;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float max = Stable.max(yPred, p, width);
        double sum = sum(yPred, p, width, max);
        double loss = 0;
        for (int i = 0; i < width; i++) {
            float q = clip(share(yPred[p + i], max, sum), EPSILON, ONE_MINUS_EPSILON);
            double target = smoothing.target(yTrue[t + i]);
            loss -= alpha(i) * Math.pow(1f - q, gamma) * target * Math.log(q);
        }
        return loss;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        float max = Stable.max(yPred, p, width);
        double sum = sum(yPred, p, width, max);
        double weighted = 0;
        for (int i = 0; i < width; i++) {
            float q = share(yPred[p + i], max, sum);
            weighted += byQ(i, yTrue[t + i], q) * q;
        }
        for (int i = 0; i < width; i++) {
            float q = share(yPred[p + i], max, sum);
            // q = p / sum(p), where p is e^z or the probability itself.
            double inner = fromLogits ? q : 1 / sum;
            gradient[p + i] = (float) (scale * inner * (byQ(i, yTrue[t + i], q) - weighted));
        }
    }

    /** The derivative of the loss by q. */
    private double byQ(int index, float yTrue, float q) {
        if (!passesClip(q, EPSILON, ONE_MINUS_EPSILON)) {
            return 0;
        }
        double target = smoothing.target(yTrue);
        double rest = 1f - q;
        double ofPower = gamma * Math.pow(rest, gamma - 1) * Math.log(q);
        return alpha(index) * target * (ofPower - Math.pow(rest, gamma) / q);
    }

    private double alpha(int index) {
        return alphas[alphas.length == 1 ? 0 : index];
    }

    private double sum(float[] yPred, int p, int width, float max) {
        return fromLogits ? Stable.sumExp(yPred, p, width, max) : CategoricalLoss.sum(yPred, p, width);
    }

    private float share(float yPred, float max, double sum) {
        return (float) ((fromLogits ? Math.exp((double) yPred - max) : yPred) / sum);
    }
}
