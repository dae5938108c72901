package io.covey.trainer.callbacks;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** The order in which logs are shown: Keras 3 sorts them by name, Keras 2 has the loss in front. */
final class LogOrder {
    private static final Comparator<String> LOSS_FIRST = Comparator.<String, Boolean>comparing(
                    key -> key.startsWith("val_"))
            .thenComparing(key -> !key.endsWith("loss"))
            .thenComparing(key -> key);

    private LogOrder() {}

    static Map<String, Double> of(Semantics semantics, Map<String, Double> logs) {
        return semantics == Semantics.KERAS3 ? logs : lossFirst(logs);
    }

    /** Training metrics before those of the validation, each with the loss in front. */
    static Map<String, Double> lossFirst(Map<String, Double> logs) {
        Map<String, Double> sorted = new TreeMap<>(LOSS_FIRST);
        sorted.putAll(logs);
        return sorted;
    }
}
