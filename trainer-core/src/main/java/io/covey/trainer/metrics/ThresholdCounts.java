package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Counts, for every threshold, of positive and negative targets with predictions above it. The sums are histograms: for each
 * label and each number n of thresholds passed (0 to all), the weights of positive and of negative elements; so a sample
 * changes one sum whatever the number of thresholds.
 *
 * <p>Thresholds that are evenly distributed over [0, 1] are passed as in Keras' faster path: predictions are cut to [0, 1] and
 * {@code ceil(p (thresholds - 1))} are passed.
 */
final class ThresholdCounts {
    /** The threshold that every prediction among the top k passes. */
    static final double NEGATIVE_INFINITY = -1e10;

    private static final int POSITIVE = 0;
    private static final int NEGATIVE = 1;
    private static final int SIGNS = 2;

    /**
     * What is counted.
     *
     * @param topK how many of the largest predictions of a position can be positive, 0 for all
     * @param classId the class that is counted, -1 for all
     * @param labels number of labels that are counted apart, 1 for all together
     * @param fromLogits whether a sigmoid is applied first
     */
    record Settings(int topK, int classId, int labels, boolean fromLogits) {}

    private final TargetLayout layout;
    private final Thresholds thresholds;
    private final Settings settings;
    private final double[] labelWeights;
    private final TopK topK;

    /** @param labelWeights weights of a position's elements, empty for 1 */
    ThresholdCounts(TargetLayout layout, Thresholds thresholds, Settings settings, double... labelWeights) {
        this.layout = layout;
        this.thresholds = thresholds;
        this.settings = settings;
        this.labelWeights = labelWeights.clone();
        topK = settings.topK == 0 ? null : new TopK(settings.topK);
    }

    TargetLayout layout() {
        return layout;
    }

    int stateLength() {
        return settings.labels * (thresholds.count() + 1) * SIGNS;
    }

    void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        int width = layout.width();
        for (int p = 0; p < rows * layout.positionsPerRow(); p++) {
            double weight = weights == null ? 1 : weights[p];
            if (topK != null) {
                topK.select(yPred, p * width, width);
            }
            int first = settings.classId < 0 ? 0 : settings.classId;
            int end = settings.classId < 0 ? width : settings.classId + 1;
            for (int i = first; i < end; i++) {
                boolean counts = topK == null || topK.contains(i);
                float prediction = counts ? yPred[p * width + i] : (float) NEGATIVE_INFINITY;
                int passed = thresholds.passed(settings.fromLogits ? sigmoid(prediction) : prediction);
                int label = settings.labels == 1 ? 0 : i;
                int sign = yTrue[p * width + i] != 0 ? POSITIVE : NEGATIVE;
                double labelWeight = labelWeights.length == 0 ? 1 : labelWeights[i];
                state[offset + index(label, passed, sign)] += weight * labelWeight;
            }
        }
    }

    private static float sigmoid(float z) {
        return (float) (1 / (1 + Math.exp(-(double) z)));
    }

    private int index(int label, int passed, int sign) {
        return (label * (thresholds.count() + 1) + passed) * SIGNS + sign;
    }

    /** The counts of a label at every threshold, in the order in which the thresholds were given. */
    Confusion confusion(int label, double[] state, int offset) {
        int count = thresholds.count();
        double[] above = new double[count];
        double[] negativeAbove = new double[count];
        double[] sums = new double[SIGNS];
        for (int n = count; n > 0; n--) {
            sums[POSITIVE] += state[offset + index(label, n, POSITIVE)];
            sums[NEGATIVE] += state[offset + index(label, n, NEGATIVE)];
            above[n - 1] = sums[POSITIVE];
            negativeAbove[n - 1] = sums[NEGATIVE];
        }
        double positives = sums[POSITIVE] + state[offset + index(label, 0, POSITIVE)];
        double negatives = sums[NEGATIVE] + state[offset + index(label, 0, NEGATIVE)];
        int[] rank = thresholds.ranks();
        return new Confusion(
                pick(above, rank),
                pick(negativeAbove, rank),
                Arrays.stream(pick(negativeAbove, rank)).map(x -> negatives - x).toArray(),
                Arrays.stream(pick(above, rank)).map(x -> positives - x).toArray());
    }

    private static double[] pick(double[] values, int[] rank) {
        return IntStream.of(rank).mapToDouble(r -> values[r]).toArray();
    }
}
