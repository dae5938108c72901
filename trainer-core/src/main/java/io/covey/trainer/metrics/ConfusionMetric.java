package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;
import java.util.function.Function;

/** A metric of the confusion matrices at one or more thresholds, over all labels together. */
final class ConfusionMetric implements MetricFunction {
    private final ThresholdCounts counts;
    private final Function<Confusion, double[]> ofConfusion;

    ConfusionMetric(ThresholdCounts counts, Function<Confusion, double[]> ofConfusion) {
        this.counts = counts;
        this.ofConfusion = ofConfusion;
    }

    @Override
    public TargetLayout layout() {
        return counts.layout();
    }

    @Override
    public int stateLength() {
        return counts.stateLength();
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        counts.update(yTrue, yPred, rows, weights, state, offset);
    }

    @Override
    public double[] result(double[] state, int offset) {
        return ofConfusion.apply(counts.confusion(0, state, offset));
    }

    /** The largest of {@code dependent} where {@code constrained >= bound}, 0 if nowhere. */
    static double[] bestWhere(double[] constrained, double bound, double[] dependent) {
        double best = 0;
        for (int i = 0; i < constrained.length; i++) {
            best = constrained[i] >= bound ? Math.max(best, dependent[i]) : best;
        }
        return new double[] {best};
    }
}
