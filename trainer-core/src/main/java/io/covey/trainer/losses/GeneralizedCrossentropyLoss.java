package io.covey.trainer.losses;

/** {@code (1 - p[label]^q) / q} of probabilities and integer labels. */
final class GeneralizedCrossentropyLoss extends PositionLoss {
    private final double q;

    GeneralizedCrossentropyLoss(double q) {
        this.q = q;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        return (1 - Math.pow(yPred[p + SparseLabels.index(yTrue[t], width)], q)) / q;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        int label = SparseLabels.index(yTrue[t], width);
        for (int i = 0; i < width; i++) {
            gradient[p + i] = i == label ? (float) (-scale * Math.pow(yPred[p + i], q - 1)) : 0;
        }
    }
}
