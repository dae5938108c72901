package io.covey.trainer.losses;

/**
 * Sparse categorical cross-entropy of probabilities: {@code log(sum of q) - log(q[label])} with q clipped to [epsilon, 1 -
 * epsilon], which is Keras' softmax cross-entropy of the clipped probabilities' logarithms.
 */
final class SparseLoss extends PositionLoss {
    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float q = clip(yPred[p + SparseLabels.index(yTrue[t], width)], EPSILON, ONE_MINUS_EPSILON);
        return Math.log(sum(yPred, p, width)) - Math.log(q);
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        int label = SparseLabels.index(yTrue[t], width);
        double common = scale / sum(yPred, p, width);
        for (int i = 0; i < width; i++) {
            float q = yPred[p + i];
            double own = i == label ? scale / q : 0;
            gradient[p + i] = passesClip(q, EPSILON, ONE_MINUS_EPSILON) ? (float) (common - own) : 0;
        }
    }

    private static double sum(float[] yPred, int p, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += clip(yPred[p + i], EPSILON, ONE_MINUS_EPSILON);
        }
        return sum;
    }
}
