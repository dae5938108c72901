package io.covey.trainer.losses;

import java.util.Arrays;

/**
 * A loss with weights, masks and its reduction, over micro-batches. Micro-batches add to three sums; the reduced loss of any
 * set of micro-batches is {@link #result} of their sums, added. For one thread; allocates nothing per call.
 *
 * <p>The gradient of the reduced loss is the sum over micro-batches of {@link #backward} with {@code factor} =
 * {@link Reduction#factor} of the sums of all of them. Where gradient sums are divided by the number of samples afterwards,
 * and every position counts, {@code factor = 1 / positionsPerRow} is the same for {@link Reduction#SUM_OVER_BATCH_SIZE}.
 */
public final class WeightedLoss {
    /** Index of the sum of weighted values. */
    public static final int WEIGHTED_SUM = 0;
    /** Index of the number of positions that count. */
    public static final int COUNT = 1;
    /** Index of the sum of weights. */
    public static final int WEIGHT_SUM = 2;
    /** Number of sums. */
    public static final int STATE_LENGTH = 3;

    private final Reduction reduction;
    private final LossFunction function;
    private final int positionsPerWeight;
    private final float[] values;
    private final float[] scales;

    /**
     * @param function what computes the loss: {@link Loss#newFunction}, or that of the loss on logits
     * @param maxPositions positions of the largest micro-batch
     * @param positionsPerWeight how many positions share a weight as the caller gave it: Keras' sum of weights is that of the
     *     weights as given, or, where masks tell positions apart, that of the positions'
     */
    public WeightedLoss(LossFunction function, Reduction reduction, int maxPositions, int positionsPerWeight) {
        this.function = function;
        this.reduction = reduction;
        this.positionsPerWeight = positionsPerWeight;
        values = new float[maxPositions];
        scales = new float[maxPositions];
    }

    /**
     * Adds a micro-batch to the three sums at {@code sums[offset]}.
     *
     * @param weights one per position, or null for 1
     * @param mask one per position, 0 where the position does not count, or null
     */
    public void forward(
            float[] yTrue,
            int trueWidth,
            float[] yPred,
            int width,
            int positions,
            float[] weights,
            float[] mask,
            double[] sums,
            int offset) {
        function.values(yTrue, trueWidth, yPred, width, positions, values);
        double weightedSum = 0;
        double weightSum = 0;
        int count = 0;
        boolean shared = weights != null && mask == null && !function.ignoresPositions();
        double share = shared ? 1.0 / positionsPerWeight : 1;
        for (int p = 0; p < valueCount(positions, weights); p++) {
            boolean counts = counts(yTrue, trueWidth, p, mask);
            float weight = !counts ? 0 : weights == null ? 1 : weights[p];
            // Multiplied even by 0, so that a NaN is never hidden; Keras does the same.
            values[p] *= weight;
            weightedSum += values[p];
            weightSum += weight * share;
            count += counts ? 1 : 0;
        }
        sums[offset + WEIGHTED_SUM] += weightedSum;
        sums[offset + COUNT] += count;
        // Keras does not divide what is a single number already, not even by its weight.
        boolean single = function.isOfWholeBatch() && positions == 1;
        sums[offset + WEIGHT_SUM] += single ? 1 : weightSum;
    }

    /** The weighted values of the last {@link #forward}, valid until the next. */
    public float[] values() {
        return values;
    }

    /** Writes {@code factor * d(sum of weighted values) / d(yPred)}; arguments as in {@link #forward}. */
    public void backward(
            float[] yTrue,
            int trueWidth,
            float[] yPred,
            int width,
            int positions,
            float[] weights,
            float[] mask,
            double factor,
            float[] gradient) {
        int valueCount = valueCount(positions, weights);
        Arrays.fill(scales, valueCount, positions, 0);
        for (int p = 0; p < valueCount; p++) {
            double weight = weights == null ? 1 : weights[p];
            scales[p] = counts(yTrue, trueWidth, p, mask) ? (float) (factor * weight) : 0;
        }
        function.gradient(yTrue, trueWidth, yPred, width, positions, scales, gradient);
    }

    /** The loss for three sums; 0 for no positions. */
    public double result(double[] sums, int offset) {
        return reduction.of(sums[offset + WEIGHTED_SUM], sums[offset + COUNT], sums[offset + WEIGHT_SUM]);
    }

    /** A value of the whole batch is one, until weights make it one for each position, as in Keras. */
    private int valueCount(int positions, float[] weights) {
        return function.isOfWholeBatch() && weights == null ? Math.min(positions, 1) : positions;
    }

    private boolean counts(float[] yTrue, int trueWidth, int position, float[] mask) {
        return (mask == null || mask[position] != 0) && !function.isIgnored(yTrue, trueWidth, position);
    }
}
