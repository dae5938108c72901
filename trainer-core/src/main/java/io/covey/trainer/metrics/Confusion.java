package io.covey.trainer.metrics;

import java.util.stream.IntStream;

/** The confusion matrix at every threshold. */
record Confusion(double[] truePositives, double[] falsePositives, double[] trueNegatives, double[] falseNegatives) {
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
