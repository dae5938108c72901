package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LinearBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.ValidationFreq;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The hooks that Keras calls in fit, evaluate and predict, one after the other with the same callback. */
final class HookOrderCase {
    private static final List<String> FIT_ARGUMENTS = List.of(
            "epochs",
            "initial_epoch",
            "steps_per_epoch",
            "shuffle",
            "validation_batch_size",
            "validation_freq",
            "validation_split",
            "validation_steps");

    private final GoldenCase golden;
    private final CallbackCase c;

    HookOrderCase(GoldenCase golden, CallbackCase c) {
        this.golden = golden;
        this.c = c;
    }

    void verify(JsonNode value) {
        golden.skip("sequence");
        int batchSize = golden.get("batch_size").asInt();
        JsonNode fit = golden.get("fit_args");
        fit.fieldNames().forEachRemaining(name -> {
            if (!FIT_ARGUMENTS.contains(name)) {
                throw new IllegalArgumentException("fit argument " + name + " is not known");
            }
        });
        int samples = golden.get("samples").asInt();
        int trained =
                (int) Math.floor(samples * (1 - fit.path("validation_split").asDouble(0)));
        int epochs = fit.path("epochs").asInt(value.get("history_epochs").size());
        TrainingSpec spec = LinearBackend.spec(trained, validationBatches(value) * (long) batchSize, batchSize, 0.01);
        Tracer tracer = new Tracer();
        FitOptions options = FitOptions.of(epochs, null)
                .initialEpoch(fit.path("initial_epoch").asInt(0))
                .stepsPerEpoch(fit.path("steps_per_epoch").asInt(0))
                .semantics(c.isKeras2() ? Semantics.KERAS2 : Semantics.KERAS3)
                .validationFreq(validationFreq(fit.path("validation_freq")));

        FitResult result = new TrainingLoop(new LinearBackend(spec), spec, options, List.of(tracer)).fit();
        TrainingSpec whole = LinearBackend.spec(samples, 0, batchSize, 0.01);
        new TrainingLoop(new LinearBackend(whole), whole, options, List.of(tracer)).evaluate(DataSplit.TRAIN);
        predict(tracer, tracer.params.steps());

        c.checks.equal(c.keras + " events", events(value.get("events")), tracer.events);
        JsonNode params = value.get("params");
        c.checks.equal(
                c.keras + " params",
                new CallbackParams(
                        params.get("epochs").asInt(), params.get("steps").asLong()),
                tracer.params);
        c.checks.equal(
                c.keras + " history_epochs",
                CallbackCase.texts(value.get("history_epochs")),
                result.history().epochs().stream().map(String::valueOf).toList());
        c.checks.equal(
                c.keras + " history_keys",
                CallbackCase.texts(value.get("history_keys")),
                List.copyOf(withoutAccuracy(result.history().metrics().keySet())));
    }

    /** The size of the validation data is not in the manifest: the test batches of the first validation within fit. */
    private static int validationBatches(JsonNode value) {
        int batches = 0;
        for (JsonNode event : value.get("events")) {
            String hook = event.get("hook").asText();
            batches += hook.equals("on_test_batch_begin") ? 1 : 0;
            if (hook.equals("on_train_end") || hook.equals("on_test_end")) {
                return hook.equals("on_train_end") ? 0 : batches;
            }
        }
        return batches;
    }

    private static void predict(Callback callback, long steps) {
        CallbackList callbacks = new CallbackList(List.of(callback));
        callbacks.setParams(new CallbackParams(1, steps));
        callbacks.onPredictBegin();
        for (int batch = 0; batch < steps; batch++) {
            callbacks.onPredictBatch(batch, Map.of("outputs", List.of()));
        }
        callbacks.onPredictEnd();
    }

    private static List<String> events(JsonNode recorded) {
        List<String> events = new ArrayList<>();
        for (JsonNode event : recorded) {
            long index = event.get("index").isNull() ? -1 : event.get("index").asLong();
            events.add(event(event.get("hook").asText(), index, CallbackCase.texts(event.get("log_keys"))));
        }
        return events;
    }

    private static String event(String hook, long index, Collection<String> keys) {
        return hook + " " + index + " " + keys;
    }

    /** Keras was recorded with a model without metrics. */
    private static Collection<String> withoutAccuracy(Collection<String> keys) {
        Collection<String> rest = new TreeSet<>(keys);
        rest.removeIf(key -> key.endsWith("accuracy"));
        return rest;
    }

    private static final class Tracer implements Callback {
        private final List<String> events = new ArrayList<>();
        private CallbackParams params;

        private void add(String hook, long index, Map<String, ?> logs) {
            events.add(event(hook, index, withoutAccuracy(logs.keySet())));
        }

        @Override
        public void setParams(CallbackParams newParams) {
            params = newParams;
        }

        @Override
        public void onTrainBegin(Training training) {
            add("on_train_begin", -1, Map.of());
        }

        @Override
        public void onTrainEnd(Map<String, Double> logs) {
            add("on_train_end", -1, logs);
        }

        @Override
        public void onEpochBegin(int epoch) {
            add("on_epoch_begin", epoch, Map.of());
        }

        @Override
        public void onEpochEnd(int epoch, Map<String, Double> logs) {
            add("on_epoch_end", epoch, logs);
        }

        @Override
        public void onTrainBatchBegin(long batch) {
            add("on_train_batch_begin", batch, Map.of());
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            add("on_train_batch_end", batch, logs);
        }

        @Override
        public void onTestBegin() {
            add("on_test_begin", -1, Map.of());
        }

        @Override
        public void onTestEnd(Map<String, Double> logs) {
            add("on_test_end", -1, logs);
        }

        @Override
        public void onTestBatchBegin(long batch) {
            add("on_test_batch_begin", batch, Map.of());
        }

        @Override
        public void onTestBatchEnd(long batch, Map<String, Double> logs) {
            add("on_test_batch_end", batch, logs);
        }

        @Override
        public void onPredictBegin() {
            add("on_predict_begin", -1, Map.of());
        }

        @Override
        public void onPredictEnd() {
            add("on_predict_end", -1, Map.of());
        }

        @Override
        public void onPredictBatchBegin(long batch) {
            add("on_predict_batch_begin", batch, Map.of());
        }

        @Override
        public void onPredictBatchEnd(long batch, Map<String, List<float[]>> logs) {
            add("on_predict_batch_end", batch, logs);
        }
    }

    private static ValidationFreq validationFreq(JsonNode value) {
        if (!value.isArray()) {
            return ValidationFreq.every(value.asInt(1));
        }
        List<Integer> epochs = new ArrayList<>();
        value.forEach(epoch -> epochs.add(epoch.asInt()));
        return ValidationFreq.at(epochs);
    }
}
