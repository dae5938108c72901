package io.covey.trainer.losses;

/** {@code (1 - p[label]^q) / q} of probabilities and integer labels. */
final class GeneralizedCrossentropyLoss extends PositionLoss {
    private final double q;

    GeneralizedCrossentropyLoss(double q) {
        this.q = q;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        return (1 - Math.pow(probability(yTrue, t, yPred, p, width), q)) / q;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        int label = SparseLabels.index(yTrue[t], width);
        double ofLabel = -scale * Math.pow(probability(yTrue, t, yPred, p, width), q - 1);
        for (int i = 0; i < width; i++) {
            // Multiplied by the one-hot label, as in Keras: NaN for a probability of 0.
            gradient[p + i] = (float) (ofLabel * (i == label ? 1 : 0));
        }
    }

    /** The sum of probabilities times one-hot label: a NaN is never hidden. */
    private static double probability(float[] yTrue, int t, float[] yPred, int p, int width) {
        int label = SparseLabels.index(yTrue[t], width);
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += yPred[p + i] * (i == label ? 1 : 0);
        }
        return sum;
    }
}
