package io.covey.trainer.losses;

/**
 * How the shapes of targets and predictions map to positions (see {@link LossFunction}).
 *
 * @param positionsPerRow positions of one sample
 * @param trueWidth target numbers of one position
 * @param width predicted numbers of one position
 */
public record TargetLayout(int positionsPerRow, int trueWidth, int width) {
    /**
     * Spreads weights of any leading shape over positions, as Keras broadcasts them.
     *
     * @param weights {@code count} weights; rows * positionsPerRow must be a multiple of {@code count}
     * @param positionWeights receives rows * positionsPerRow weights
     */
    public void spread(float[] weights, int count, int rows, float[] positionWeights) {
        int positions = rows * positionsPerRow;
        if (count == 0 ? positions != 0 : positions % count != 0) {
            throw new IllegalArgumentException(count + " weights do not divide " + positions + " positions");
        }
        for (int p = 0; p < positions; p++) {
            positionWeights[p] = weights[p / (positions / count)];
        }
    }
}
