package io.covey.trainer.metrics;

import io.covey.trainer.losses.LossFunction;

/** A value of single positions that nobody differentiates. */
@FunctionalInterface
interface PositionValue extends LossFunction {
    /** The value of the position whose targets start at {@code t} and predictions at {@code p}. */
    double value(float[] yTrue, int t, int trueWidth, float[] yPred, int p, int width);

    @Override
    default void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        for (int i = 0; i < positions; i++) {
            values[i] = (float) value(yTrue, i * trueWidth, trueWidth, yPred, i * width, width);
        }
    }

    @Override
    default void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        throw new UnsupportedOperationException("a metric has no gradient");
    }
}
