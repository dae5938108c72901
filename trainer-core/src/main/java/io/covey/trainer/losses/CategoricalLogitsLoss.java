package io.covey.trainer.losses;

/** Categorical cross-entropy of logits, {@code -sum of t log_softmax(z)}, without clipping. */
final class CategoricalLogitsLoss extends PositionLoss {
    private final LabelSmoothing smoothing;

    CategoricalLogitsLoss(LabelSmoothing smoothing) {
        this.smoothing = smoothing;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float max = Stable.max(yPred, p, width);
        double logSum = Math.log(Stable.sumExp(yPred, p, width, max));
        double loss = 0;
        for (int i = 0; i < width; i++) {
            double target = smoothing.target(yTrue[t + i]);
            loss += target * (logSum + ((double) max - yPred[p + i]));
        }
        return loss;
    }

    /** TensorFlow's {@code softmax - t}, which is the derivative where the targets sum to 1. */
    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        float max = Stable.max(yPred, p, width);
        double sum = Stable.sumExp(yPred, p, width, max);
        for (int i = 0; i < width; i++) {
            double softmax = Math.exp((double) yPred[p + i] - max) / sum;
            double target = smoothing.target(yTrue[t + i]);
            gradient[p + i] = (float) (scale * (softmax - target));
        }
    }
}
