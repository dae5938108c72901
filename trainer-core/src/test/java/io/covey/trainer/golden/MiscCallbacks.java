package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.LearningRateScheduler;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LinearBackend;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import io.covey.trainer.training.TrainingVariables;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small facts about callbacks, each recorded for Keras 3 and Keras 2. */
final class MiscCallbacks {
    private static final int BATCH_SIZE = 4;
    private static final Pattern RULE =
            Pattern.compile("lr\\(epoch, lr\\) = lr if epoch < (\\d+) else lr \\* ([0-9.e-]+), from ([0-9.e-]+)");
    private static final Pattern INVALID_LOSS = Pattern.compile("Batch (\\d+): Invalid loss, terminating training\n");

    private final GoldenCase golden;
    private final Checks checks;

    MiscCallbacks(GoldenCase golden, Checks checks) {
        this.golden = golden;
        this.checks = checks;
    }

    void verify() {
        forBoth("stop_in_batch", (keras, value) -> stop("stop_in_batch " + keras, value, true));
        forBoth("stop_in_epoch", (keras, value) -> stop("stop_in_epoch " + keras, value, false));
        forBoth("learning_rate_scheduler", this::learningRateScheduler);
        forBoth("terminate_on_nan", this::terminateOnNan);
        forBoth("lambda_callback", this::lambda);
    }

    private void forBoth(String field, BiConsumer<String, JsonNode> check) {
        JsonNode node = golden.get(field);
        node.fields().forEachRemaining(entry -> {
            switch (entry.getKey()) {
                case "keras3", "keras2" ->
                    check.accept(entry.getKey(), entry.getValue().get("value"));
                case "rule" -> {}
                default -> throw new IllegalArgumentException(field + " has an unknown field " + entry.getKey());
            }
        });
    }

    private static TrainingSpec spec(int batches) {
        return LinearBackend.spec(BATCH_SIZE * (long) batches, 0, BATCH_SIZE, 0.01);
    }

    private static FitResult fit(TrainingSpec spec, TrainingBackend backend, int epochs, Callback... callbacks) {
        return new TrainingLoop(backend, spec, FitOptions.of(epochs, null), List.of(callbacks)).fit();
    }

    /** What stopped Keras came where its log ends: in the last batch that was run, or at the end of the last epoch. */
    private void stop(String check, JsonNode value, boolean inBatch) {
        List<String> expected = new ArrayList<>();
        value.get("log")
                .forEach(entry ->
                        expected.add(entry.get(0).asText() + " " + entry.get(1).asInt()));
        List<String> log = new ArrayList<>();
        String stopAt = inBatch ? expected.get(expected.size() - 2) : expected.get(expected.size() - 1);
        Training[] training = new Training[1];
        Callback stopper = Callbacks.lambda()
                .onTrainBegin(given -> training[0] = given)
                .onTrainBatchEnd((batch, logs) -> record(log, "batch " + batch, stopAt, training[0]))
                .onEpochEnd((epoch, logs) -> record(log, "epoch_end " + epoch, stopAt, training[0]));
        TrainingSpec spec = spec(3);
        FitResult result = fit(spec, new LinearBackend(spec), 5, stopper);
        checks.equal(check + " log", expected, log);
        checks.equal(check + " epochs", CallbackCase.texts(value.get("epochs")), epochs(result));
    }

    private static void record(List<String> log, String event, String stopAt, Training training) {
        log.add(event);
        if (event.equals(stopAt)) {
            training.stopTraining();
        }
    }

    private static List<String> epochs(FitResult result) {
        return result.history().epochs().stream().map(String::valueOf).toList();
    }

    private void learningRateScheduler(String keras, JsonNode value) {
        String rule = golden.get("learning_rate_scheduler").get("rule").asText();
        Matcher matcher = RULE.matcher(rule);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("rule " + rule + " is not known");
        }
        int first = Integer.parseInt(matcher.group(1));
        double factor = Double.parseDouble(matcher.group(2));
        LearningRateScheduler scheduler = Callbacks.learningRateScheduler(
                        (epoch, learningRate) -> epoch < first ? learningRate : learningRate * factor)
                .semantics(keras.equals("keras2") ? Semantics.KERAS2 : Semantics.KERAS3);
        TrainingSpec spec = LinearBackend.spec(BATCH_SIZE, 0, BATCH_SIZE, Double.parseDouble(matcher.group(3)));
        value.fields().forEachRemaining(entry -> {
            List<Double> expected = new ArrayList<>();
            entry.getValue().forEach(rate -> expected.add(GoldenCase.number(rate)));
            FitResult result = fit(spec, new LinearBackend(spec), expected.size(), scheduler);
            checks.equal(
                    "learning_rate_scheduler " + keras,
                    expected,
                    result.history().metrics().get(entry.getKey()));
        });
    }

    private void terminateOnNan(String keras, JsonNode value) {
        String printed = value.get("printed").asText();
        Matcher matcher = INVALID_LOSS.matcher(printed);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("printed " + printed + " is not known");
        }
        int bad = Integer.parseInt(matcher.group(1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Callback callback = Callbacks.terminateOnNan().out(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        TrainingSpec spec = spec(bad + 3);
        FitResult result = fit(spec, new NanBackend(new LinearBackend(spec), bad), 3, callback);
        checks.equal("terminate_on_nan printed " + keras, printed, bytes.toString(StandardCharsets.UTF_8));
        checks.equal("terminate_on_nan epochs " + keras, CallbackCase.texts(value.get("epochs")), epochs(result));
        List<Double> losses = new ArrayList<>();
        value.get("loss").forEach(loss -> losses.add(GoldenCase.number(loss)));
        checks.equal(
                "terminate_on_nan loss " + keras,
                losses,
                result.history().metrics().get("loss"));
    }

    private void lambda(String keras, JsonNode value) {
        List<String> expected = new ArrayList<>();
        value.forEach(event -> expected.add(event.toString().replace("\"", "")));
        int epochs =
                (int) expected.stream().filter(e -> e.startsWith("[epoch_end")).count();
        int batches =
                (int) expected.stream().filter(e -> e.startsWith("[batch_end")).count() / epochs;
        List<String> events = new ArrayList<>();
        Callback callback = Callbacks.lambda()
                .onTrainBegin(training -> events.add("[train_begin]"))
                .onTrainEnd(logs -> events.add("[train_end," + keys(logs) + "]"))
                .onEpochBegin(epoch -> events.add("[epoch_begin," + epoch + "]"))
                .onEpochEnd((epoch, logs) -> events.add("[epoch_end," + epoch + "," + keys(logs) + "]"))
                .onTrainBatchBegin(batch -> events.add("[batch_begin," + batch + "]"))
                .onTrainBatchEnd((batch, logs) -> events.add("[batch_end," + batch + "]"));
        TrainingSpec spec = spec(batches);
        fit(spec, new LinearBackend(spec), epochs, callback);
        checks.equal("lambda_callback " + keras, expected, events);
    }

    /** Keras was recorded with a model without metrics. */
    private static String keys(Map<String, Double> logs) {
        return logs.keySet().stream()
                .filter(key -> !key.endsWith("accuracy"))
                .sorted()
                .toList()
                .toString()
                .replace(" ", "");
    }

    /** Reports a loss that is not a number in one batch. */
    private record NanBackend(LinearBackend backend, long badBatch) implements TrainingBackend {
        @Override
        public long steps(DataSplit split) {
            return backend.steps(split);
        }

        @Override
        public long rows(DataSplit split) {
            return backend.rows(split);
        }

        @Override
        public long train(EpochPlan plan, StepListener listener) {
            return backend.train(plan, (batch, metrics) -> {
                MetricState reported = metrics.copy();
                if (batch == badBatch) {
                    reported.add(StateLayout.LOSS, Double.NaN);
                }
                listener.onStep(batch, reported);
            });
        }

        @Override
        public void evaluate(DataSplit split, StepListener listener) {
            backend.evaluate(split, listener);
        }

        @Override
        public String weightsSha256() {
            return backend.weightsSha256();
        }

        @Override
        public CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state) {
            return backend.checkpoint(checkpointPrefix, state);
        }

        @Override
        public void restore(CheckpointDirectory directory, String checkpointPrefix) {
            backend.restore(directory, checkpointPrefix);
        }

        @Override
        public NativeFloats copyWeights() {
            return backend.copyWeights();
        }

        @Override
        public TrainingVariables copyVariables() {
            return backend.copyVariables();
        }

        @Override
        public void setWeights(NativeFloats weights) {
            backend.setWeights(weights);
        }

        @Override
        public void overwriteWithAverages() {
            backend.overwriteWithAverages();
        }

        @Override
        public void requestStop() {
            backend.requestStop();
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
