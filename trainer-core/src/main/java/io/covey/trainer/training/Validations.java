package io.covey.trainer.training;

import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.callbacks.Semantics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validations within a fit. Where {@code validation_steps} asks for more batches than there are, Keras 3 takes those that
 * there are, each time; so does Keras 2 the first time, and has none left for the later ones.
 */
final class Validations {
    private static final Logger LOG = LoggerFactory.getLogger(Validations.class);

    private final TrainingBackend backend;
    private final FitOptions options;
    private final Logs logs;
    private final CallbackList callbacks;

    Validations(TrainingBackend backend, FitOptions options, Logs logs, CallbackList callbacks) {
        this.backend = backend;
        this.options = options;
        this.logs = logs;
        this.callbacks = callbacks;
    }

    /** Validates if that is due after {@code epoch}, counted from 0; the results have names in {@code val_}. */
    Map<String, Double> after(int epoch) {
        if (backend.rows(DataSplit.VALIDATION) == 0 || !options.validationFreq().follows(epoch)) {
            return Map.of();
        }
        boolean isFirst = !options.validationFreq().followsAnyOf(options.initialEpoch(), epoch);
        boolean runsOut = options.validationSteps() > backend.steps(DataSplit.VALIDATION);
        boolean asKeras2 = runsOut && options.semantics() == Semantics.KERAS2;
        if (runsOut && isFirst) {
            LOG.warn(
                    "validation_steps is {}, the validation data have {} batches: {}",
                    options.validationSteps(),
                    backend.steps(DataSplit.VALIDATION),
                    asKeras2 ? "later epochs have no validation, as in Keras 2" : "all of them are taken");
        }
        if (asKeras2 && !isFirst) {
            callbacks.onTestBegin();
            callbacks.onTestEnd(Map.of());
            return Map.of();
        }
        Map<String, Double> results = new LinkedHashMap<>();
        new Evaluation(backend, logs, callbacks)
                .run(DataSplit.VALIDATION, asKeras2)
                .forEach((name, value) -> results.put("val_" + name, value));
        return results;
    }
}
