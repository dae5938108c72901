package io.covey.trainer.callbacks;

import io.covey.trainer.metrics.Direction;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keras' hooks, called in Keras' order from the thread that runs {@code fit}; in a distributed run that is the driver's, and
 * logs hold global metrics. An exception ends the run with that exception. Logs are sorted by name as Keras prints them, and
 * read-only but for {@link #onEpochEnd}.
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

    /**
     * Checks the settings: called before anything is trained.
     *
     * @throws io.covey.trainer.CoveyException a caller's error that says what is wrong
     */
    default void check() {}

    /**
     * Checks that it is known whether more of what this callback monitors is better: called before anything is trained.
     *
     * @param metricDirections those of the model's metrics, by name
     * @throws io.covey.trainer.CoveyException a caller's error with Keras' text
     */
    default void checkMonitor(Map<String, Direction> metricDirections) {}

    /** Names without which this callback is of no use: a run whose logs can never have one is refused. */
    default Set<String> requiredLogs() {
        return Set.of();
    }

    /** Names that {@link #onEpochEnd} adds to the logs. */
    default Set<String> addedLogs() {
        return Set.of();
    }

    /** Whether a loss that is not finite is this callback's business, so that it does not end the run with an error. */
    default boolean toleratesNonFiniteLoss() {
        return false;
    }

    /** Called before fit, evaluate and predict begin. */
    default void setParams(CallbackParams params) {}

    default void onTrainBegin(Training training) {}

    default void onTrainEnd(Map<String, Double> logs) {}

    /** @param epoch from 0 */
    default void onEpochBegin(int epoch) {}

    /**
     * The epoch is over.
     *
     * @param logs training metrics, then validation metrics with the prefix {@code val_}; what is added here is seen by the
     *     callbacks that follow and by {@link History}
     */
    default void onEpochEnd(int epoch, Map<String, Double> logs) {}

    /** @param batch index within the epoch, from 0 */
    default void onTrainBatchBegin(long batch) {}

    /**
     * How far training may run until {@link #onTrainBatchEnd} reads the model's weights or saves it: after that batch it stands still in
     * all processes. A cluster is ahead of the hooks of other batches.
     *
     * @param batch index within the epoch of the next batch, from 0
     * @return batches from this one on, at least 1; {@link Long#MAX_VALUE} for never
     */
    default long batchesToPause(long batch) {
        return Long.MAX_VALUE;
    }

    /** @param logs running means of the epoch so far */
    default void onTrainBatchEnd(long batch, Map<String, Double> logs) {}

    default void onTestBegin() {}

    default void onTestEnd(Map<String, Double> logs) {}

    default void onTestBatchBegin(long batch) {}

    /**
     * A batch was evaluated. A cluster may be ahead: there the model's weights are for {@link #onTestBegin} and {@link #onTestEnd}.
     *
     * @param logs running means so far
     */
    default void onTestBatchEnd(long batch, Map<String, Double> logs) {}

    default void onPredictBegin() {}

    default void onPredictEnd() {}

    default void onPredictBatchBegin(long batch) {}

    /** @param logs {@code outputs}: the batch's predictions in C order, an array for each output of the model */
    default void onPredictBatchEnd(long batch, Map<String, List<float[]>> logs) {}

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
