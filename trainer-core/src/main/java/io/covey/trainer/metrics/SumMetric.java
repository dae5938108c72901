package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;

/** The weighted sum of the predictions. */
final class SumMetric implements MetricFunction {
    private final TargetLayout layout;

    SumMetric(TargetLayout layout) {
        this.layout = layout;
    }

    @Override
    public TargetLayout layout() {
        return layout;
    }

    @Override
    public int stateLength() {
        return 1;
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        int width = layout.width();
        for (int i = 0; i < rows * layout.positionsPerRow() * width; i++) {
            state[offset] += yPred[i] * (weights == null ? 1.0 : weights[i / width]);
        }
    }

    @Override
    public double[] result(double[] state, int offset) {
        return new double[] {state[offset]};
    }
}
