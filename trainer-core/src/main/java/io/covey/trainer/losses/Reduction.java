package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the weighted values of all positions become one loss. */
public enum Reduction {
    /** Sum of weighted values / number of positions: Keras' default, also with sample weights. */
    SUM_OVER_BATCH_SIZE,
    /** Keras' other name for {@link #SUM_OVER_BATCH_SIZE}. */
    MEAN,
    /** Sum of weighted values / sum of weights. */
    MEAN_WITH_SAMPLE_WEIGHT,
    SUM,
    /** No reduction. Keras trains on the sum over all positions, and logs their mean. */
    NONE;

    /** @param name Keras' name; null is Python's None */
    public static Reduction of(String name) {
        List<String> known = Arrays.stream(values()).map(Reduction::kerasName).toList();
        String wanted = name == null ? NONE.kerasName() : name;
        if (!known.contains(wanted)) {
            throw CoveyException.caller(
                    "loss reduction " + wanted + " is not known" + NearestName.advice(wanted, known));
        }
        return valueOf(wanted.toUpperCase(Locale.ROOT));
    }

    /** Keras' name, for example {@code sum_over_batch_size}. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What the sum of weighted values is divided by.
     *
     * @param count number of positions that count
     * @param weightSum sum of their weights
     */
    public double divisor(double count, double weightSum) {
        return switch (this) {
            case SUM_OVER_BATCH_SIZE, MEAN -> count;
            case MEAN_WITH_SAMPLE_WEIGHT -> weightSum;
            case SUM -> 1;
            case NONE ->
                throw CoveyException.caller(
                        "a loss with reduction none has no single value; use " + SUM_OVER_BATCH_SIZE.kerasName());
        };
    }

    /**
     * The derivative of the reduced loss by the sum of weighted values: 1 / {@link #divisor}, 0 for a divisor of 0.
     *
     * @param count number of positions that count
     * @param weightSum sum of their weights
     */
    public double factor(double count, double weightSum) {
        double divisor = divisor(count, weightSum);
        return divisor == 0 ? 0 : 1 / divisor;
    }

    /** The reduced loss; 0 for no positions, and for weights whose sum is 0. */
    double of(double weightedSum, double count, double weightSum) {
        // A mask of no position hides no NaN, a sum of weights of 0 does.
        boolean hidden = this == MEAN_WITH_SAMPLE_WEIGHT && weightSum == 0;
        return hidden ? 0 : weightedSum * factor(count, weightSum);
    }
}
