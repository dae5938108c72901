package io.covey.trainer.metrics;

/** Accuracies of positions: 1 where a prediction is right, means of these for several elements. */
final class AccuracyValues {
    private AccuracyValues() {}

    /** The share of elements that equal their targets. */
    static double equality(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width) {
        int equal = 0;
        for (int i = 0; i < width; i++) {
            equal += yTrue[t + i] == yPred[p + i] ? 1 : 0;
        }
        return (double) equal / width;
    }

    /** The share of elements whose target is 1 above the threshold, and 0 up to it. */
    static PositionValue binary(float threshold) {
        return (yTrue, t, trueWidth, yPred, p, width) -> {
            int right = 0;
            for (int i = 0; i < width; i++) {
                right += yTrue[t + i] == (yPred[p + i] > threshold ? 1 : 0) ? 1 : 0;
            }
            return (double) right / width;
        };
    }

    /** Whether the first of the largest predictions is at the first of the largest targets. */
    static double categorical(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width) {
        return firstLargest(yTrue, t, trueWidth) == firstLargest(yPred, p, width) ? 1 : 0;
    }

    /** Whether the first of the largest predictions is at the target. */
    static double sparseCategorical(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width) {
        return yTrue[t] == firstLargest(yPred, p, width) ? 1 : 0;
    }

    /** Whether fewer than k predictions are larger than that of the class of the largest target. */
    static PositionValue topK(int k) {
        return (yTrue, t, trueWidth, yPred, p, width) ->
                isInTopK(firstLargest(yTrue, t, trueWidth), yPred, p, width, k) ? 1 : 0;
    }

    /** Whether fewer than k predictions are larger than the target's. */
    static PositionValue sparseTopK(int k) {
        return (yTrue, t, trueWidth, yPred, p, width) -> isInTopK((int) yTrue[t], yPred, p, width, k) ? 1 : 0;
    }

    /** Whether the target is among the first k of predictions that are class numbers, best first. */
    static PositionValue sparseTopKOfSortedIds(int k) {
        return (yTrue, t, trueWidth, yPred, p, width) -> {
            for (int i = 0; i < Math.min(k, width); i++) {
                if (yPred[p + i] == yTrue[t]) {
                    return 1;
                }
            }
            return 0;
        };
    }

    /** TensorFlow's {@code argmax}: the first of equal values, NaN is never the largest, 0 where there is nothing else. */
    static int firstLargest(float[] x, int offset, int width) {
        int best = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            if (x[offset + i] > largest) {
                largest = x[offset + i];
                best = i;
            }
        }
        return best;
    }

    /** TensorFlow's {@code in_top_k}: false where any prediction is not finite. */
    private static boolean isInTopK(int target, float[] yPred, int p, int width, int k) {
        if (target < 0 || target >= width) {
            return false;
        }
        int larger = 0;
        for (int i = 0; i < width; i++) {
            if (!Float.isFinite(yPred[p + i])) {
                return false;
            }
            larger += yPred[p + i] > yPred[p + target] ? 1 : 0;
        }
        return larger < k;
    }
}
