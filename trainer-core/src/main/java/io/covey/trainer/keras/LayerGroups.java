package io.covey.trainer.keras;

import io.covey.trainer.layers.LayerTypes;
import java.util.HashMap;
import java.util.Map;

/**
 * Names the groups of a model's layers in a weights file of Keras 3, for example {@code layers/lstm_1}: by class, numbered in the
 * order of the layers, whatever their own names are.
 */
final class LayerGroups {
    private final String outer;
    private final Map<String, Integer> counts = new HashMap<>();

    /** @param outer what comes before {@code layers}; empty, or ends in a slash */
    LayerGroups(String outer) {
        this.outer = outer;
    }

    /** The group of the next layer. */
    String next(String className) {
        String base = LayerTypes.snakeCase(className);
        int count = counts.merge(base, 1, Integer::sum) - 1;
        return outer + VariablePath.LAYERS + "/" + base + (count == 0 ? "" : "_" + count);
    }
}
