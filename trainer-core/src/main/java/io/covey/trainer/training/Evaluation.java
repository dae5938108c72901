package io.covey.trainer.training;

import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.Collections;
import java.util.SortedMap;

/** Keras' {@code evaluate}: one pass over a split in inference mode, with the test hooks. */
final class Evaluation {
    private final TrainingBackend backend;
    private final StateLayout metrics;
    private final CallbackList callbacks;

    Evaluation(TrainingBackend backend, StateLayout metrics, CallbackList callbacks) {
        this.backend = backend;
        this.metrics = metrics;
        this.callbacks = callbacks;
    }

    SortedMap<String, Double> run(DataSplit split) {
        MetricState total = MetricState.zero(metrics.stateLength());
        boolean hearsBatches = callbacks.hearsBatches();
        callbacks.onTestBegin();
        backend.evaluate(split, (batch, state) -> {
            total.add(state);
            if (hearsBatches) {
                callbacks.onTestBatch(batch, Collections.unmodifiableSortedMap(metrics.results(total)));
            }
        });
        SortedMap<String, Double> logs = Collections.unmodifiableSortedMap(metrics.results(total));
        callbacks.onTestEnd(logs);
        return logs;
    }
}
