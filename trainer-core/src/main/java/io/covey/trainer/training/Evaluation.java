package io.covey.trainer.training;

import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.objective.MetricState;
import java.util.Map;

/** Keras' {@code evaluate}: one pass over a split in inference mode, with the test hooks. */
final class Evaluation {
    private final TrainingBackend backend;
    private final Logs logs;
    private final CallbackList callbacks;

    Evaluation(TrainingBackend backend, Logs logs, CallbackList callbacks) {
        this.backend = backend;
        this.logs = logs;
        this.callbacks = callbacks;
    }

    Map<String, Double> run(DataSplit split) {
        return run(split, false);
    }

    /** @param triesOneMore whether callbacks hear of a batch after the last one, which Keras 2 begins and then has no data for */
    Map<String, Double> run(DataSplit split, boolean triesOneMore) {
        MetricState total = MetricState.zero(logs.metrics().stateLength());
        boolean hearsBatches = callbacks.hearsBatches();
        callbacks.onTestBegin();
        backend.evaluate(split, (batch, state) -> {
            total.add(state);
            if (hearsBatches) {
                callbacks.onTestBatch(batch, logs.of(total));
            }
        });
        if (triesOneMore) {
            callbacks.onTestBatchBegin(backend.steps(split));
        }
        Map<String, Double> results = logs.of(total);
        callbacks.onTestEnd(results);
        return results;
    }
}
