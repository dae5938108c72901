package io.covey.trainer.callbacks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras' History: the logs of each epoch. A key that some epochs lack (validation every second epoch) has a shorter list, as
 * in Keras.
 */
public final class History implements Callback {
    private final List<Integer> epochs = new ArrayList<>();
    private final Map<String, List<Double>> metrics = new LinkedHashMap<>();

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        epochs.add(epoch);
        logs.forEach((key, value) ->
                metrics.computeIfAbsent(key, k -> new ArrayList<>()).add(value));
    }

    /** Takes over epochs [0, {@code epochsDone}) of an earlier run. */
    public void restore(int epochsDone, Map<String, List<Double>> earlier) {
        epochs.clear();
        metrics.clear();
        for (int epoch = 0; epoch < epochsDone; epoch++) {
            epochs.add(epoch);
        }
        earlier.forEach((key, values) -> metrics.put(key, new ArrayList<>(values)));
    }

    /** Keras' {@code history.epoch}: the epochs that ended, counted from 0. */
    public List<Integer> epochs() {
        return Collections.unmodifiableList(epochs);
    }

    /** Keras' {@code history.history}: a copy, in the order in which the keys first came. */
    public Map<String, List<Double>> metrics() {
        Map<String, List<Double>> copy = new LinkedHashMap<>();
        metrics.forEach((key, values) -> copy.put(key, List.copyOf(values)));
        return copy;
    }
}
