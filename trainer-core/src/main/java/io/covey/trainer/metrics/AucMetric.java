package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;
import java.util.stream.IntStream;

/** Area under a curve through the confusion matrices at the thresholds, of all labels together or averaged over labels. */
final class AucMetric implements MetricFunction {
    /** The curve. */
    enum Curve {
        /** Recall over false positive rate. */
        ROC,
        /** Precision over recall. */
        PR,
        /** Precision gain over recall gain. */
        PRGAIN
    }

    /** How the area between two thresholds is taken. */
    enum Summation {
        INTERPOLATION,
        MAJORING,
        MINORING
    }

    private final ThresholdCounts counts;
    private final int labels;
    private final double[] labelWeights;
    private final Curve curve;
    private final Summation summation;

    /**
     * @param labels number of labels with curves of their own
     * @param labelWeights of the mean over labels, empty for 1
     */
    AucMetric(ThresholdCounts counts, int labels, double[] labelWeights, Curve curve, Summation summation) {
        this.counts = counts;
        this.labels = labels;
        this.labelWeights = labelWeights.clone();
        this.curve = curve;
        this.summation = summation;
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
        double sum = 0;
        double weightSum = 0;
        for (int label = 0; label < labels; label++) {
            double weight = labelWeights.length == 0 ? 1 : labelWeights[label];
            sum += weight * area(counts.confusion(label, state, offset));
            weightSum += weight;
        }
        return new double[] {Ratio.of(sum, weightSum)};
    }

    private double area(Confusion confusion) {
        return switch (curve) {
            case ROC -> riemann(confusion.falsePositiveRate(), confusion.recall());
            case PR ->
                summation == Summation.INTERPOLATION
                        ? interpolatedPrecisionRecall(confusion)
                        : riemann(confusion.recall(), confusion.precision());
            case PRGAIN -> gainArea(confusion);
        };
    }

    private double riemann(double[] x, double[] y) {
        double area = 0;
        for (int i = 0; i + 1 < x.length; i++) {
            double height =
                    switch (summation) {
                        case INTERPOLATION -> (y[i] + y[i + 1]) / 2;
                        case MAJORING -> Math.max(y[i], y[i + 1]);
                        case MINORING -> Math.min(y[i], y[i + 1]);
                    };
            area += (x[i] - x[i + 1]) * height;
        }
        return area;
    }

    /** True positives interpolated between thresholds: Davis and Goadrich, 2006, as in Keras' {@code interpolate_pr_auc}. */
    private static double interpolatedPrecisionRecall(Confusion confusion) {
        double[] tp = confusion.truePositives();
        double[] fp = confusion.falsePositives();
        double[] fn = confusion.falseNegatives();
        double area = 0;
        for (int i = 0; i + 1 < tp.length; i++) {
            double gained = tp[i] - tp[i + 1];
            double predicted = tp[i] + fp[i];
            double nextPredicted = tp[i + 1] + fp[i + 1];
            double slope = Ratio.of(gained, Math.max(predicted - nextPredicted, 0));
            double intercept = tp[i + 1] - slope * nextPredicted;
            double ratio = predicted > 0 && nextPredicted > 0 ? predicted / nextPredicted : 1;
            area += Ratio.of(slope * (gained + intercept * Math.log(ratio)), Math.max(tp[i + 1] + fn[i + 1], 0));
        }
        return area;
    }

    /** Flach and Kull, 2015. */
    private double gainArea(Confusion confusion) {
        double[] tp = confusion.truePositives();
        double positives = tp[0] + confusion.falseNegatives()[0];
        double negatives = confusion.trueNegatives()[0] + confusion.falsePositives()[0];
        double scale = Ratio.of(positives, negatives);
        double[] recallGain = IntStream.range(0, tp.length)
                .mapToDouble(
                        i -> tp[i] == 0 ? 0 : Math.max(1 - scale * confusion.falseNegatives()[i] / tp[i], 0))
                .toArray();
        double[] precisionGain = IntStream.range(0, tp.length)
                .mapToDouble(i -> tp[i] == 0 ? 1 : 1 - scale * confusion.falsePositives()[i] / tp[i])
                .toArray();
        return riemann(recallGain, precisionGain);
    }
}
