package io.covey.trainer.metrics;

import java.util.stream.IntStream;

/** The confusion matrix at every threshold. */
final class Confusion {
    private final double[] truePositives;
    private final double[] falsePositives;
    private final double[] trueNegatives;
    private final double[] falseNegatives;

    /** Takes the arrays over, one number per threshold. */
    Confusion(double[] truePositives, double[] falsePositives, double[] trueNegatives, double[] falseNegatives) {
        this.truePositives = truePositives;
        this.falsePositives = falsePositives;
        this.trueNegatives = trueNegatives;
        this.falseNegatives = falseNegatives;
    }

    double[] truePositives() {
        return truePositives;
    }

    double[] falsePositives() {
        return falsePositives;
    }

    double[] trueNegatives() {
        return trueNegatives;
    }

    double[] falseNegatives() {
        return falseNegatives;
    }

    double[] precision() {
        return ratio(truePositives, falsePositives);
    }

    /** Also called sensitivity. */
    double[] recall() {
        return ratio(truePositives, falseNegatives);
    }

    double[] specificity() {
        return ratio(trueNegatives, falsePositives);
    }

    double[] falsePositiveRate() {
        return ratio(falsePositives, trueNegatives);
    }

    /** {@code part / (part + other)}, 0 for 0 / 0. */
    private static double[] ratio(double[] part, double[] other) {
        return IntStream.range(0, part.length)
                .mapToDouble(i -> Ratio.of(part[i], part[i] + other[i]))
                .toArray();
    }
}
