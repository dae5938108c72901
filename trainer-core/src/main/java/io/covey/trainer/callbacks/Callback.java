package io.covey.trainer.callbacks;

import java.util.Map;

/**
 * Keras' hooks, called in Keras' order from the thread that runs {@code fit}; in a distributed run that is the driver's, and
 * logs hold global metrics. An exception ends the run with that exception. Logs are read-only, sorted by name as Keras prints
 * them.
 */
public interface Callback {
    /** A name under which the state is kept in checkpoints; unique within a run. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Whether the hooks of single batches are called, and logs built for them in every step. By default, whether the class
     * overrides any of them. Asked once per run.
     */
    default boolean hearsBatches() {
        return BatchHooks.overriddenBy(getClass());
    }

    default void onTrainBegin(Training training) {}

    default void onTrainEnd(Map<String, Double> logs) {}

    /** @param epoch from 0 */
    default void onEpochBegin(int epoch) {}

    /** @param logs training metrics, and validation metrics with the prefix {@code val_} */
    default void onEpochEnd(int epoch, Map<String, Double> logs) {}

    /** @param batch index within the epoch, from 0 */
    default void onTrainBatchBegin(long batch) {}

    /** @param logs running means of the epoch so far */
    default void onTrainBatchEnd(long batch, Map<String, Double> logs) {}

    default void onTestBegin() {}

    default void onTestEnd(Map<String, Double> logs) {}

    default void onTestBatchBegin(long batch) {}

    default void onTestBatchEnd(long batch, Map<String, Double> logs) {}

    default void onPredictBegin() {}

    default void onPredictEnd() {}

    default void onPredictBatchBegin(long batch) {}

    default void onPredictBatchEnd(long batch) {}

    /** What must survive a resume. */
    default Map<String, String> state() {
        return Map.of();
    }

    /**
     * Gives back what {@link #state} returned when the checkpoint was written. Called after the hooks that had been called
     * before the checkpoint are called again: {@link #onTrainBegin}, and {@link #onEpochBegin} in the middle of an epoch.
     */
    default void restore(Map<String, String> state) {}
}
