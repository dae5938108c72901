package io.covey.trainer.callbacks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The order in which {@link ProgressPrinter} shows logs. */
final class LogOrder {
    private static final Comparator<String> LOSS_FIRST = Comparator.<String, Boolean>comparing(
                    key -> key.startsWith("val_"))
            .thenComparing(key -> !key.endsWith("loss"))
            .thenComparing(key -> !key.equals("loss") && !key.equals("val_loss"));

    private LogOrder() {}

    /** Training metrics before those of the validation, each with the loss in front of the outputs' losses; the rest as it was. */
    static Map<String, Double> lossFirst(Map<String, Double> logs) {
        List<String> names = new ArrayList<>(logs.keySet());
        names.sort(LOSS_FIRST);
        Map<String, Double> sorted = new LinkedHashMap<>();
        names.forEach(name -> sorted.put(name, logs.get(name)));
        return sorted;
    }
}
