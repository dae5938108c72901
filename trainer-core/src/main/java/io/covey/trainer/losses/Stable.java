package io.covey.trainer.losses;

/** Functions of logits that neither overflow nor lose small results. */
final class Stable {
    private Stable() {}

    static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /** {@code log(1 + e^x)}. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** The largest of {@code width} numbers, NaN if one is NaN. */
    static float max(float[] x, int offset, int width) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            max = Math.max(max, x[offset + i]);
        }
        return max;
    }

    /** {@code sum of e^(x - max)}. */
    static double sumExp(float[] x, int offset, int width, float max) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += Math.exp((double) x[offset + i] - max);
        }
        return sum;
    }
}
