package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import java.util.Locale;
import java.util.Set;

/** Says whether a value of a monitored quantity is an improvement, as Keras' MonitorCallback does. */
final class Monitor {
    /** Keras 3's metrics whose {@code _direction} is up, by their default names. */
    private static final Set<String> UP = Set.of(
            "accuracy",
            "acc",
            "binary_accuracy",
            "categorical_accuracy",
            "sparse_categorical_accuracy",
            "top_k_categorical_accuracy",
            "sparse_top_k_categorical_accuracy",
            "precision",
            "recall",
            "auc",
            "sensitivity_at_specificity",
            "specificity_at_sensitivity",
            "precision_at_recall",
            "recall_at_precision",
            "pearson_correlation",
            "concordance_correlation",
            "fbeta_score",
            "f1_score",
            "io_u",
            "binary_io_u",
            "mean_io_u",
            "one_hot_io_u",
            "one_hot_mean_io_u",
            "cosine_similarity",
            "r2_score");
    /** Those whose direction is down. */
    private static final Set<String> DOWN = Set.of(
            "loss",
            "hinge",
            "squared_hinge",
            "categorical_hinge",
            "binary_crossentropy",
            "bce",
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "mean_squared_error",
            "mse",
            "mean_absolute_error",
            "mae",
            "mean_absolute_percentage_error",
            "mape",
            "mean_squared_logarithmic_error",
            "msle",
            "root_mean_squared_error",
            "logcosh",
            "kl_divergence",
            "poisson");

    private final boolean larger;
    private final double minDelta;
    private final Semantics semantics;

    private Monitor(boolean larger, double minDelta, Semantics semantics) {
        this.larger = larger;
        this.minDelta = minDelta;
        this.semantics = semantics;
    }

    /**
     * A monitor.
     *
     * @param owner Keras' name of the callback, for messages
     * @param name the quantity, for example {@code val_loss}
     * @param minDelta how much better a value must be
     * @throws CoveyException a caller's error with Keras' text if the direction cannot be told from the name
     */
    static Monitor of(String owner, String name, Mode mode, double minDelta, Semantics semantics) {
        boolean larger =
                switch (mode) {
                    case MIN -> false;
                    case MAX -> true;
                    case AUTO -> semantics == Semantics.KERAS3 ? largerByMetric(owner, name) : name.contains("acc");
                };
        return new Monitor(larger, minDelta, semantics);
    }

    private static boolean largerByMetric(String owner, String name) {
        String metric = name.startsWith("val_") ? name.substring("val_".length()) : name;
        // Of several objects of one class Keras numbers the names: auc_1.
        String base = metric.replaceFirst("_\\d+$", "").toLowerCase(Locale.ROOT);
        if (!UP.contains(base) && !DOWN.contains(base) && !base.endsWith("_loss")) {
            throw CoveyException.caller(owner + " callback received monitor=" + name
                    + ", but Keras isn't able to automatically determine whether that metric should be maximized or"
                    + " minimized. Pass `mode='max'` in order to monitor based on the highest metric value, or pass"
                    + " `mode='min'` in order to use the lowest value.");
        }
        return UP.contains(base);
    }

    /** What a best value is before there is one: null in Keras 3, the worst possible one in Keras 2. */
    Double worst() {
        if (semantics == Semantics.KERAS3) {
            return null;
        }
        return larger ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /** Whether {@code value} beats {@code reference} by more than the minimum; true if there is no reference. NaN never does. */
    boolean isImprovement(double value, Double reference) {
        return reference == null || isBetter(larger ? value - minDelta : value + minDelta, reference);
    }

    /** Keras 2's ReduceLROnPlateau puts the minimum on the other side, which rounds differently. */
    boolean isImprovementOnShifted(double value, double reference) {
        return isBetter(value, larger ? reference + minDelta : reference - minDelta);
    }

    private boolean isBetter(double value, double reference) {
        if (semantics == Semantics.KERAS3) {
            // Keras 3 compares tensors of its default type.
            return larger ? (float) value > (float) reference : (float) value < (float) reference;
        }
        return larger ? value > reference : value < reference;
    }
}
