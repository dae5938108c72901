package io.covey.trainer.losses;

/**
 * 1 - the overlap of targets and predictions, {@code n I / (b I + t sum(yTrue) + p sum(yPred) + epsilon)} with {@code I =
 * sum(yTrue yPred)}: the Dice and Tversky losses for their coefficients n, b, t and p.
 */
final class OverlapLoss implements LossFunction {
    private final double ofOverlap;
    private final double ofBoth;
    private final double ofTrue;
    private final double ofPred;
    private final boolean wholeBatch;

    private OverlapLoss(double ofOverlap, double ofBoth, double ofTrue, double ofPred, boolean wholeBatch) {
        this.ofOverlap = ofOverlap;
        this.ofBoth = ofBoth;
        this.ofTrue = ofTrue;
        this.ofPred = ofPred;
        this.wholeBatch = wholeBatch;
    }

    /** {@code 1 - 2 I / (sum(yTrue) + sum(yPred) + epsilon)}. */
    static OverlapLoss dice(boolean wholeBatch) {
        return new OverlapLoss(2, 0, 1, 1, wholeBatch);
    }

    /**
     * {@code 1 - I / (I + alpha sum(yTrue (1 - yPred)) + beta sum(yPred (1 - yTrue)) + epsilon)}.
     *
     * @param wholeBatch whether the sums are those of all positions together
     */
    static OverlapLoss tversky(double alpha, double beta, boolean wholeBatch) {
        return new OverlapLoss(1, 1 - alpha - beta, alpha, beta, wholeBatch);
    }

    @Override
    public boolean isOfWholeBatch() {
        return wholeBatch;
    }

    @Override
    public void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        int together = together(positions);
        for (int first = 0; first < positions; first += together) {
            int from = first * width;
            int to = from + together * width;
            double overlap = overlap(yTrue, yPred, from, to);
            float value = (float) (1 - ofOverlap * overlap / divisor(overlap, yTrue, yPred, from, to));
            for (int i = first; i < first + together; i++) {
                values[i] = value;
            }
        }
    }

    @Override
    public void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        int together = together(positions);
        for (int first = 0; first < positions; first += together) {
            int from = first * width;
            int to = from + together * width;
            double scale = 0;
            for (int i = first; i < first + together; i++) {
                scale += scales[i];
            }
            double overlap = overlap(yTrue, yPred, from, to);
            double divisor = divisor(overlap, yTrue, yPred, from, to);
            for (int i = from; i < to; i++) {
                double ofDivisor = (ofBoth * yTrue[i] + ofPred) * overlap / divisor;
                gradient[i] = (float) (-scale * ofOverlap * (yTrue[i] - ofDivisor) / divisor);
            }
        }
    }

    private int together(int positions) {
        return wholeBatch ? positions : 1;
    }

    private static double overlap(float[] yTrue, float[] yPred, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) yTrue[i] * yPred[i];
        }
        return sum;
    }

    private double divisor(double overlap, float[] yTrue, float[] yPred, int from, int to) {
        double trueSum = 0;
        double predSum = 0;
        for (int i = from; i < to; i++) {
            trueSum += yTrue[i];
            predSum += yPred[i];
        }
        return ofBoth * overlap + ofTrue * trueSum + ofPred * predSum + PositionLoss.EPSILON;
    }
}
