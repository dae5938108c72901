package io.covey.trainer.losses;

/** Kullback-Leibler divergence {@code sum of t log(t / p)}, both clipped to [epsilon, 1]. */
final class KlDivergenceLoss extends PositionLoss {
    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            double target = clip(yTrue[t + i], EPSILON, 1);
            sum += target * Math.log(target / clip(yPred[p + i], EPSILON, 1));
        }
        return sum;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        for (int i = 0; i < width; i++) {
            double target = clip(yTrue[t + i], EPSILON, 1);
            float q = yPred[p + i];
            gradient[p + i] = passesClip(q, EPSILON, 1) ? (float) (scale * -target / q) : 0;
        }
    }
}
