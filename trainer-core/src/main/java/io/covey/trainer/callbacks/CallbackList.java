package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.metrics.Direction;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Calls callbacks in the order in which they were given, and gathers their states. Used by one thread. */
public final class CallbackList {
    private final Map<String, Callback> byName = new LinkedHashMap<>();
    private final List<Callback> callbacks;
    private final List<Callback> batchCallbacks;

    /** @param callbacks in their order; of two with the same name the second one's state is kept as {@code name_1} */
    public CallbackList(List<Callback> callbacks) {
        this.callbacks = List.copyOf(callbacks);
        this.batchCallbacks = callbacks.stream().filter(Callback::hearsBatches).toList();
        Map<String, Integer> counters = new HashMap<>();
        for (Callback callback : callbacks) {
            int count = counters.merge(callback.name(), 1, Integer::sum) - 1;
            byName.put(count == 0 ? callback.name() : callback.name() + "_" + count, callback);
        }
    }

    /** Whether the batch hooks do anything: if not, callers need not make logs for them. */
    public boolean hearsBatches() {
        return !batchCallbacks.isEmpty();
    }

    /** Whether a callback takes care of losses that are not finite. */
    public boolean toleratesNonFiniteLoss() {
        return callbacks.stream().anyMatch(Callback::toleratesNonFiniteLoss);
    }

    /**
     * Checks the settings of the callbacks, and that the logs they need can appear.
     *
     * @param logs names in the logs of an epoch
     * @param metricDirections those of the model's metrics, by name
     * @throws CoveyException a caller's error that names what is missing and what there is
     */
    public void check(Set<String> logs, Map<String, Direction> metricDirections) {
        Set<String> available = new TreeSet<>(logs);
        callbacks.forEach(callback -> available.addAll(callback.addedLogs()));
        for (Callback callback : callbacks) {
            callback.check();
            for (String required : callback.requiredLogs()) {
                if (!available.contains(required)) {
                    boolean needsValidation =
                            required.startsWith("val_") && available.stream().noneMatch(log -> log.startsWith("val_"));
                    throw CoveyException.caller("callback " + callback.name() + " monitors " + required
                            + ", which the logs of this run never have"
                            + (needsValidation ? " without validation data" : "")
                            + "; available are: " + String.join(", ", available));
                }
            }
            callback.checkMonitor(metricDirections);
        }
    }

    public void setParams(CallbackParams params) {
        callbacks.forEach(callback -> callback.setParams(params));
    }

    public void onTrainBegin(Training training) {
        callbacks.forEach(callback -> callback.onTrainBegin(training));
    }

    public void onTrainEnd(Map<String, Double> logs) {
        callbacks.forEach(callback -> callback.onTrainEnd(logs));
    }

    public void onEpochBegin(int epoch) {
        callbacks.forEach(callback -> callback.onEpochBegin(epoch));
    }

    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        callbacks.forEach(callback -> callback.onEpochEnd(epoch, logs));
    }

    /** The least of the callbacks' {@link Callback#batchesToPause}. */
    public long batchesToPause(long batch) {
        return batchCallbacks.stream()
                .mapToLong(callback -> callback.batchesToPause(batch))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** A training batch: all callbacks' {@link Callback#onTrainBatchBegin}, then all {@link Callback#onTrainBatchEnd}. */
    public void onTrainBatch(long batch, Map<String, Double> logs) {
        batchCallbacks.forEach(callback -> callback.onTrainBatchBegin(batch));
        batchCallbacks.forEach(callback -> callback.onTrainBatchEnd(batch, logs));
    }

    /** A training batch that turns out to have no data. */
    public void onTrainBatchBegin(long batch) {
        batchCallbacks.forEach(callback -> callback.onTrainBatchBegin(batch));
    }

    public void onTestBegin() {
        callbacks.forEach(Callback::onTestBegin);
    }

    public void onTestEnd(Map<String, Double> logs) {
        callbacks.forEach(callback -> callback.onTestEnd(logs));
    }

    /** A batch to evaluate that turns out to have no data. */
    public void onTestBatchBegin(long batch) {
        batchCallbacks.forEach(callback -> callback.onTestBatchBegin(batch));
    }

    /** An evaluated batch: all callbacks' {@link Callback#onTestBatchBegin}, then all {@link Callback#onTestBatchEnd}. */
    public void onTestBatch(long batch, Map<String, Double> logs) {
        batchCallbacks.forEach(callback -> callback.onTestBatchBegin(batch));
        batchCallbacks.forEach(callback -> callback.onTestBatchEnd(batch, logs));
    }

    public void onPredictBegin() {
        callbacks.forEach(Callback::onPredictBegin);
    }

    public void onPredictEnd() {
        callbacks.forEach(Callback::onPredictEnd);
    }

    /** A predicted batch: all callbacks' {@link Callback#onPredictBatchBegin}, then all {@link Callback#onPredictBatchEnd}. */
    public void onPredictBatch(long batch, Map<String, List<float[]>> logs) {
        batchCallbacks.forEach(callback -> callback.onPredictBatchBegin(batch));
        batchCallbacks.forEach(callback -> callback.onPredictBatchEnd(batch, logs));
    }

    /** The state of each callback that has one, by name. */
    public Map<String, Map<String, String>> states() {
        Map<String, Map<String, String>> states = new LinkedHashMap<>();
        byName.forEach((name, callback) -> {
            Map<String, String> state = callback.state();
            if (!state.isEmpty()) {
                states.put(name, Map.copyOf(state));
            }
        });
        return states;
    }

    /** Gives each callback the state of its name; callbacks without one keep what they have. */
    public void restore(Map<String, Map<String, String>> states) {
        byName.forEach((name, callback) -> {
            if (states.containsKey(name)) {
                callback.restore(states.get(name));
            }
        });
    }
}
