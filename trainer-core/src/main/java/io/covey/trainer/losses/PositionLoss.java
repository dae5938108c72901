package io.covey.trainer.losses;

/** A loss whose value at a position depends on that position only. */
abstract class PositionLoss implements LossFunction {
    /** Keras' {@code epsilon()}, as the float32 that it becomes. */
    static final float EPSILON = 1e-7f;

    /** The largest probability after clipping, {@code 1 - epsilon()} in float32. */
    static final float ONE_MINUS_EPSILON = (float) (1 - 1e-7);

    /** The loss of the position whose targets start at {@code t} and predictions at {@code p}. */
    abstract double value(float[] yTrue, int t, float[] yPred, int p, int width);

    /** Writes {@code scale} times the derivatives by this position's predictions to {@code gradient}, from {@code p} on. */
    abstract void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient);

    @Override
    public final void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        for (int i = 0; i < positions; i++) {
            values[i] = (float) value(yTrue, i * trueWidth, yPred, i * width, width);
        }
    }

    @Override
    public final void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        for (int i = 0; i < positions; i++) {
            gradient(yTrue, i * trueWidth, yPred, i * width, width, scales[i], gradient);
        }
    }

    /** {@code tf.clip_by_value}; NaN stays NaN. */
    static float clip(float value, float min, float max) {
        return Math.max(Math.min(value, max), min);
    }

    /** Whether the gradient passes through the clipping: also at its borders, but not for NaN. */
    static boolean passesClip(float value, float min, float max) {
        return value >= min && value <= max;
    }
}
