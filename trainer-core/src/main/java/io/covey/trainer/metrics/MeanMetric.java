package io.covey.trainer.metrics;

import io.covey.trainer.losses.LossFunction;
import io.covey.trainer.losses.TargetLayout;
import java.util.function.DoubleUnaryOperator;

/** The weighted mean over samples of a value per position. The sums: weighted values, weights. */
final class MeanMetric implements MetricFunction {
    private static final int TOTAL = 0;
    private static final int COUNT = 1;

    private final TargetLayout layout;
    private final LossFunction function;
    private final DoubleUnaryOperator ofMean;
    private final float[] values;

    /** @param ofMean applied to the mean, for example a square root */
    MeanMetric(TargetLayout layout, LossFunction function, DoubleUnaryOperator ofMean, int maxRows) {
        this.layout = layout;
        this.function = function;
        this.ofMean = ofMean;
        values = new float[maxRows * layout.positionsPerRow()];
    }

    @Override
    public TargetLayout layout() {
        return layout;
    }

    @Override
    public int stateLength() {
        return COUNT + 1;
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        int positions = rows * layout.positionsPerRow();
        function.values(yTrue, layout.trueWidth(), yPred, layout.width(), positions, values);
        double total = 0;
        double count = 0;
        for (int p = 0; p < positions; p++) {
            // Without weights Keras' metrics count ignored positions, with the value 0.
            boolean ignored = weights != null && function.isIgnored(yTrue, layout.trueWidth(), p);
            float weight = ignored ? 0 : weights == null ? 1 : weights[p];
            total += values[p] * weight;
            count += weight;
        }
        state[offset + TOTAL] += total / layout.positionsPerRow();
        state[offset + COUNT] += count / layout.positionsPerRow();
    }

    @Override
    public double[] result(double[] state, int offset) {
        double mean = Ratio.of(state[offset + TOTAL], state[offset + COUNT]);
        return new double[] {ofMean.applyAsDouble(mean)};
    }
}
