package io.covey.trainer.training;

import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What callbacks hear, in the order of the Keras that fit is like: Keras 3 sorts all by name, Keras 2 has the losses first and
 * the validation last.
 */
record Logs(StateLayout metrics, Semantics semantics) {
    /** The results of some steps; cannot be changed. */
    Map<String, Double> of(MetricState state) {
        return Collections.unmodifiableMap(
                semantics == Semantics.KERAS2 ? metrics.resultsInOrder(state) : metrics.results(state));
    }

    /**
     * The logs of an epoch, to which callbacks add theirs.
     *
     * @param parts of the training, what the backend adds, and of the validation, in Keras 2's order
     */
    Map<String, Double> ofEpoch(Map<String, Double> parts) {
        return new LinkedHashMap<>(semantics == Semantics.KERAS2 ? parts : new TreeMap<>(parts));
    }
}
