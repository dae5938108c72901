package io.covey.trainer.losses;

/**
 * {@code -sum of n(t) n(p)} with {@code n(x) = x min(1 / |x|, 1 / epsilon)}: -1 for equal directions, 1 for opposite ones.
 */
final class CosineSimilarityLoss extends PositionLoss {
    private static final float LARGEST_INVERSE = (float) (1 / 1e-7);

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        return -dot(yTrue, t, yPred, p, width)
                * Math.min(inverseNorm(yTrue, t, width), LARGEST_INVERSE)
                * Math.min(inverseNorm(yPred, p, width), LARGEST_INVERSE);
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        double trueInverse = -scale * Math.min(inverseNorm(yTrue, t, width), LARGEST_INVERSE);
        double inverse = inverseNorm(yPred, p, width);
        double clipped = Math.min(inverse, LARGEST_INVERSE);
        // A clipped norm is a constant.
        double radial = inverse <= LARGEST_INVERSE ? dot(yTrue, t, yPred, p, width) * inverse * inverse * inverse : 0;
        for (int i = 0; i < width; i++) {
            gradient[p + i] = (float) (trueInverse * (clipped * yTrue[t + i] - radial * yPred[p + i]));
        }
    }

    /** 1 / |x|; where float32 cannot hold the sum of squares, it overflows and underflows as in Keras. */
    private static double inverseNorm(float[] x, int offset, int width) {
        double squares = dot(x, offset, x, offset, width);
        boolean held = squares >= Float.MIN_NORMAL && squares <= Float.MAX_VALUE;
        return 1 / Math.sqrt(held ? squares : (float) squares);
    }

    private static double dot(float[] a, int aOffset, float[] b, int bOffset, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += (double) a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }
}
