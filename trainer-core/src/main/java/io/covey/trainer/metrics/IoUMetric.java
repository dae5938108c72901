package io.covey.trainer.metrics;

import io.covey.trainer.losses.TargetLayout;
import java.util.List;

/**
 * Intersection over union of classes, {@code TP / (TP + FP + FN)}, averaged over the target classes that occur. The sums: the
 * confusion matrix (target, prediction).
 */
final class IoUMetric implements MetricFunction {
    private static final double EPSILON = 1e-7;

    /** Where the class of a position comes from. */
    enum Source {
        /** The number is the class. */
        LABEL,
        /** The largest of the numbers. */
        LARGEST,
        /** Class 1 from the threshold on, else 0. */
        THRESHOLD
    }

    /**
     * What is counted.
     *
     * @param ignoredClass target class that does not count, -1 for none
     * @param threshold of {@link Source#THRESHOLD}
     * @param wholeWeights whether weights are cut to integers, as Keras does when its type is an integer
     */
    record Settings(
            int classes,
            List<Integer> targetClasses,
            int ignoredClass,
            Source trueSource,
            Source predSource,
            float threshold,
            boolean wholeWeights) {}

    private final TargetLayout layout;
    private final Settings settings;

    IoUMetric(TargetLayout layout, Settings settings) {
        this.layout = layout;
        this.settings = settings;
    }

    @Override
    public TargetLayout layout() {
        return layout;
    }

    @Override
    public int stateLength() {
        return settings.classes * settings.classes;
    }

    @Override
    public void update(float[] yTrue, float[] yPred, int rows, float[] weights, double[] state, int offset) {
        for (int p = 0; p < rows * layout.positionsPerRow(); p++) {
            int target = classOf(settings.trueSource, yTrue, p * layout.trueWidth(), layout.trueWidth());
            int prediction = classOf(settings.predSource, yPred, p * layout.width(), layout.width());
            if (exists(target) && exists(prediction) && target != settings.ignoredClass) {
                float weight = weights == null ? 1 : weights[p];
                state[offset + target * settings.classes + prediction] +=
                        settings.wholeWeights ? (long) weight : weight;
            }
        }
    }

    private int classOf(Source source, float[] x, int offset, int width) {
        return switch (source) {
            case LABEL -> (int) x[offset];
            case LARGEST -> AccuracyValues.firstLargest(x, offset, width);
            case THRESHOLD -> x[offset] >= settings.threshold ? 1 : 0;
        };
    }

    private boolean exists(int c) {
        return c >= 0 && c < settings.classes;
    }

    @Override
    public double[] result(double[] state, int offset) {
        double sum = 0;
        int occurring = 0;
        for (int target : settings.targetClasses) {
            double union = -state[offset + target * settings.classes + target];
            for (int c = 0; c < settings.classes; c++) {
                union += state[offset + target * settings.classes + c] + state[offset + c * settings.classes + target];
            }
            if (union > 1e-9) {
                sum += state[offset + target * settings.classes + target] / (union + EPSILON);
                occurring++;
            }
        }
        return new double[] {sum / (occurring + EPSILON)};
    }
}
