package io.covey.trainer.losses;

/** Sparse categorical cross-entropy of logits, {@code -log_softmax(z)[label]}, without clipping. */
final class SparseLogitsLoss extends PositionLoss {
    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        float max = Stable.max(yPred, p, width);
        double margin = (double) max - yPred[p + SparseLabels.index(yTrue[t], width)];
        return margin + Math.log(Stable.sumExp(yPred, p, width, max));
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        int label = SparseLabels.index(yTrue[t], width);
        float max = Stable.max(yPred, p, width);
        double sum = Stable.sumExp(yPred, p, width, max);
        for (int i = 0; i < width; i++) {
            double softmax = Math.exp((double) yPred[p + i] - max) / sum;
            gradient[p + i] = (float) (scale * (softmax - (i == label ? 1 : 0)));
        }
    }
}
