package io.covey.trainer.losses;

import java.util.Arrays;

/**
 * Connectionist temporal classification (Graves et al., 2006): minus the log-probability of all alignments of a sequence of
 * labels with the time steps. Predictions are logits of shape (steps, classes), class 0 is the blank, targets are labels padded
 * with 0. The forward and backward recursions work on logarithms, over the labels with a blank between each two.
 *
 * <p>As in TensorFlow's {@code ctc_loss} sequences may also begin and end at the wrong label, with a probability of 1e-307: so
 * labels that do not fit into the steps have a large loss, about 707, not an infinite one.
 */
final class CtcLoss implements LossFunction {
    private static final int BLANK = 0;
    private static final double IMPOSSIBLE = Double.NEGATIVE_INFINITY;
    private static final double LOG_ZERO = Math.log(1e-307);

    private final int classes;
    private double[] logShares = {};
    private double[] alpha = {};
    private double[] beta = {};
    private double[] occupancy = {};

    CtcLoss(int classes) {
        this.classes = classes;
    }

    /** Layout of targets (labels) and predictions (steps, classes), shapes of one sample. */
    static TargetLayout layout(String owner, int[] trueShape, int[] predShape) {
        if (trueShape.length != 1 || predShape.length != 2) {
            throw TargetShapes.mismatch(
                    owner, trueShape, predShape, "labels are (None, max_length), logits (None, steps, classes)");
        }
        return new TargetLayout(1, trueShape[0], predShape[0] * predShape[1]);
    }

    @Override
    public void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        int steps = reserve(trueWidth, width);
        for (int i = 0; i < positions; i++) {
            loadShares(yPred, i * width, steps);
            values[i] = (float) -backward(yTrue, i * trueWidth, trueWidth, steps);
        }
    }

    @Override
    public void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        int steps = reserve(trueWidth, width);
        int states = 2 * trueWidth + 1;
        for (int i = 0; i < positions; i++) {
            int first = i * trueWidth;
            loadShares(yPred, i * width, steps);
            backward(yTrue, first, trueWidth, steps);
            forward(yTrue, first, trueWidth, steps);
            for (int t = 0; t < steps; t++) {
                loadOccupancy(yTrue, first, t * states, states);
                for (int c = 0; c < classes; c++) {
                    double derivative = Math.exp(logShares[t * classes + c]) - occupancy[c];
                    gradient[i * width + t * classes + c] = (float) (scales[i] * derivative);
                }
            }
        }
    }

    /** How probable each class is at a step, given the labels. Labels that are padding have a share, but no class. */
    private void loadOccupancy(float[] yTrue, int first, int offset, int states) {
        double total = IMPOSSIBLE;
        for (int s = 0; s < states; s++) {
            total = logSum(total, alpha[offset + s] + beta[offset + s]);
        }
        Arrays.fill(occupancy, Double.isNaN(total) ? total : 0);
        for (int s = 0; s < states; s++) {
            int label = label(yTrue, first, s);
            if (s % 2 == 0 || label != BLANK) {
                occupancy[label] += Math.exp(alpha[offset + s] + beta[offset + s] - total);
            }
        }
    }

    /** Alpha: the log-probability of the steps so far that end in a state. */
    private void forward(float[] yTrue, int first, int trueWidth, int steps) {
        int states = 2 * trueWidth + 1;
        for (int t = 0; t < steps; t++) {
            for (int s = 0; s < states; s++) {
                double before = t == 0 && s < 2 ? 0 : IMPOSSIBLE;
                for (int back = 0; back <= Math.min(skip(yTrue, first, s), s); back++) {
                    before = logSum(before, t == 0 ? LOG_ZERO : alpha[(t - 1) * states + s - back]);
                }
                alpha[t * states + s] = before + share(yTrue, first, t, s);
            }
        }
    }

    /** Beta: the log-probability of the steps after a state. Returns the log-probability of the labels. */
    private double backward(float[] yTrue, int first, int trueWidth, int steps) {
        int states = 2 * trueWidth + 1;
        int end = 2 * labels(yTrue, first, trueWidth);
        for (int t = steps - 1; t >= 0; t--) {
            for (int s = 0; s < states; s++) {
                double after = t < steps - 1 ? IMPOSSIBLE : s == end || s == end - 1 ? 0 : LOG_ZERO;
                for (int ahead = 0; t < steps - 1 && ahead <= 2 && s + ahead < states; ahead++) {
                    if (ahead <= skip(yTrue, first, s + ahead)) {
                        double next = beta[(t + 1) * states + s + ahead];
                        after = logSum(after, next + share(yTrue, first, t + 1, s + ahead));
                    }
                }
                beta[t * states + s] = after;
            }
        }
        double blankFirst = beta[0] + share(yTrue, first, 0, 0);
        return states == 1 ? blankFirst : logSum(blankFirst, beta[1] + share(yTrue, first, 0, 1));
    }

    /** How many states back a state can be reached from: a blank between different labels can be left out. */
    private int skip(float[] yTrue, int first, int s) {
        boolean leavesOut = s >= 2 && s % 2 == 1 && label(yTrue, first, s) != label(yTrue, first, s - 2);
        return leavesOut ? 2 : 1;
    }

    private double share(float[] yTrue, int first, int t, int s) {
        return logShares[t * classes + label(yTrue, first, s)];
    }

    private static int label(float[] yTrue, int first, int s) {
        return s % 2 == 0 ? BLANK : (int) yTrue[first + s / 2];
    }

    private int labels(float[] yTrue, int first, int trueWidth) {
        int labels = 0;
        for (int i = first; i < first + trueWidth; i++) {
            labels += SparseLabels.index(yTrue[i], classes) == BLANK ? 0 : 1;
        }
        return labels;
    }

    private void loadShares(float[] yPred, int p, int steps) {
        for (int t = 0; t < steps; t++) {
            float max = Stable.max(yPred, p + t * classes, classes);
            double logSum = max + Math.log(Stable.sumExp(yPred, p + t * classes, classes, max));
            for (int c = 0; c < classes; c++) {
                logShares[t * classes + c] = yPred[p + t * classes + c] - logSum;
            }
        }
    }

    private static double logSum(double a, double b) {
        double max = Math.max(a, b);
        return max == IMPOSSIBLE ? max : max + Math.log1p(Math.exp(Math.min(a, b) - max));
    }

    /** Makes room for sequences of a shape; returns their steps. */
    private int reserve(int trueWidth, int width) {
        int steps = width / classes;
        int states = steps * (2 * trueWidth + 1);
        if (logShares.length < width || alpha.length < states) {
            logShares = new double[width];
            alpha = new double[states];
            beta = new double[states];
            occupancy = new double[classes];
        }
        return steps;
    }
}
