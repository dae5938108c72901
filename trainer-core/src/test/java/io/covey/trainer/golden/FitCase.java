package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.api.Dataset;
import io.covey.trainer.api.FitArguments;
import io.covey.trainer.api.InferenceArguments;
import io.covey.trainer.api.KerasModel;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.OutputOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One recorded {@code fit}, with the evaluation and prediction after it. */
final class FitCase {
    private static final int EVALUATION_BATCH = 64;
    private static final int PREDICTED = 20;
    private static final int RECORDED_STEPS = 3;
    private static final String SPLIT = "split";
    private static final Set<String> OPTIONS = Set.of("logits", "freeze", "cw", "sw", "es", "adam_lr");
    private static final Set<String> NOISE =
            Set.of("max_abs_weight", "max_abs_step_loss", "max_abs_history", "history_float64");
    /** Means and outputs of the order of 1 are printed as float32. */
    private static final double ROUNDING = 0x1p-23;

    private final GoldenCase golden;
    private final Checks checks;
    private final Model model;
    private final JsonNode noise;
    private final List<Map<String, Double>> steps = new ArrayList<>();
    private final List<List<float[]>> weightsAfterStep = new ArrayList<>();

    FitCase(GoldenCase golden, Checks checks) throws Exception {
        this.golden = golden;
        this.checks = checks;
        JsonNode options = golden.get("options");
        options.fieldNames().forEachRemaining(name -> checks.equal("option " + name, true, OPTIONS.contains(name)));
        Set<Integer> frozen = new HashSet<>();
        options.path("freeze").forEach(index -> frozen.add(index.asInt()));
        this.model = TrainingGroup.model(golden, frozen);
        this.noise = golden.get("float32_minus_float64");
        noise.fieldNames().forEachRemaining(name -> checks.equal("noise " + name, true, NOISE.contains(name)));
        // What these tell is also told by the loss, the optimizer, the model and the lengths of the results.
        golden.skip("note", "net");
    }

    /** Notes what Keras' hooks of batches were told, and the weights after the first steps. */
    private final class Recorder implements Callback {
        private Training training;

        @Override
        public void onTrainBegin(Training newTraining) {
            training = newTraining;
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            if (steps.size() < RECORDED_STEPS) {
                weightsAfterStep.add(
                        training.weights().stream().map(WeightArray::values).toList());
            }
            steps.add(Map.copyOf(logs));
        }
    }

    void verify() {
        TrainingData data = TrainingData.read(golden, false);
        TrainingData validation = TrainingData.read(golden, true);
        int samples = golden.get("samples").asInt();
        float[] sampleWeights = golden.get("sample_weight").isNull()
                ? null
                : golden.array(golden.get("sample_weight")).floats();
        Dataset test = Dataset.of(validation.block(0, validation.rows(), null));
        String kind = golden.get("validation").isNull()
                ? "none"
                : golden.get("validation").asText();
        checks.equal("shuffle", false, golden.get("shuffle").asBoolean());
        List<Callback> callbacks = new ArrayList<>(List.of(new Recorder()));
        if (golden.get("options").path("es").asBoolean()) {
            callbacks.add(Callbacks.earlyStopping().patience(patience()).restoreBestWeights(true));
        }
        FitArguments arguments = FitArguments.fit()
                .batchSize(golden.get("batch_size").asInt())
                .epochs(golden.get("epochs").asInt())
                .shuffle(false)
                .verbose(0)
                .threads(1)
                .classWeight(classWeights())
                .callbacks(callbacks.toArray(Callback[]::new));
        double split = kind.startsWith(SPLIT) ? Double.parseDouble(kind.substring(SPLIT.length())) : 0;
        checks.equal(
                "kind of validation", true, split > 0 || Set.of("none", "data").contains(kind));
        checks.equal(
                "rows before the split", golden.get("train_samples_after_split").asInt(), (int)
                        (samples * (1 - split)));
        arguments.validationSplit(split).validationData(kind.equals("data") ? test : null);
        try (KerasModel trained = KerasModel.of(model)) {
            trained.setWeights(weights("initial"));
            trained.compile(TrainingGroup.optimizer(golden), compileOptions());
            History history = trained.fit(Dataset.of(data.block(0, samples, sampleWeights)), arguments);
            checkSteps();
            checkHistory(history);
            checkWeights(trained.getWeights());
            checkEvaluation(trained.evaluate(
                    test,
                    InferenceArguments.inference().batchSize(EVALUATION_BATCH).verbose(0)));
            INDArray predicted = trained.predict(
                            test.take(PREDICTED), InferenceArguments.inference().verbose(0))
                    .get(0);
            checks.close(
                    "predict_first_20",
                    golden.array(golden.get("predict_first_20")).floats(),
                    predicted.data().asFloat(),
                    tolerance("max_abs_weight"));
        }
    }

    private CompileOptions compileOptions() {
        Loss loss = TrainingGroup.loss(golden.get("loss").asText());
        List<Metric> accuracy = List.of(Metrics.of("accuracy"));
        List<Metric> weighted = golden.get("history").has("weighted_accuracy") ? accuracy : List.of();
        return new CompileOptions(List.of(new OutputOptions(loss, 1, accuracy, weighted)), Map.of());
    }

    private Map<Integer, Float> classWeights() {
        Map<Integer, Float> classWeights = new HashMap<>();
        golden.get("options")
                .path("cw")
                .fields()
                .forEachRemaining(entry -> classWeights.put(Integer.valueOf(entry.getKey()), (float)
                        entry.getValue().asDouble()));
        return classWeights;
    }

    private List<INDArray> weights(String when) {
        List<INDArray> arrays = new ArrayList<>();
        List<ParameterSpec> parameters = model.layout().parameters();
        for (JsonNode weight : golden.get("weights")) {
            ParameterSpec parameter = parameters.get(arrays.size());
            checks.equal(
                    "path", unnumbered(weight.get("path").asText()), unnumbered(model.name() + "/" + parameter.path()));
            checks.equal("trainable", weight.get("trainable").asBoolean(), parameter.isTrainable());
            arrays.add(Nd4j.createFromArray(golden.array(weight.get(when)).floats())
                    .reshape(parameter.shape().stream()
                            .mapToLong(Integer::longValue)
                            .toArray()));
        }
        checks.equal("number of weights", parameters.size(), arrays.size());
        return arrays;
    }

    /** Keras numbers models and layers through a process: the file of the model was written later in it than the weights. */
    private static String unnumbered(String path) {
        return path.replaceAll("_\\d+(/|$)", "$1");
    }

    /** Epochs that the recorded run went on after its best one; more than there are where it was not stopped. */
    private int patience() {
        JsonNode losses = golden.get("history").get("val_loss");
        int epochs = golden.get("epochs").asInt();
        if (losses.size() == epochs) {
            return epochs;
        }
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            best = losses.get(i).asDouble() < losses.get(best).asDouble() ? i : best;
        }
        return losses.size() - 1 - best;
    }

    private double tolerance(String what) {
        return Math.max(Checks.NOISE_FACTOR * noise.get(what).asDouble(), ROUNDING);
    }

    private void checkSteps() {
        JsonNode recorded = golden.get("steps_running_logs");
        checks.equal("number of steps", recorded.size(), steps.size());
        for (int i = 0; i < recorded.size(); i++) {
            Map<String, Double> logs = steps.get(i);
            checks.equal("names of step " + i, recorded.get(i).size(), logs.size());
            int step = i;
            recorded.get(i)
                    .fields()
                    .forEachRemaining(log -> checks.close(
                            "step " + step + " " + log.getKey(),
                            GoldenCase.number(log.getValue()),
                            logs.getOrDefault(log.getKey(), Double.NaN),
                            tolerance("max_abs_step_loss")));
        }
        JsonNode after = golden.get("weights_after_first_3_steps");
        if (after.isArray()) {
            for (int i = 0; i < after.size(); i++) {
                for (int k = 0; k < after.get(i).size(); k++) {
                    checks.close(
                            "weight " + k + " after step " + (i + 1),
                            golden.array(after.get(i).get(k)).floats(),
                            weightsAfterStep.get(i).get(k),
                            tolerance("max_abs_weight"));
                }
            }
        }
    }

    private void checkHistory(History history) {
        Map<String, List<Double>> metrics = history.metrics();
        List<Integer> epochs = new ArrayList<>();
        golden.get("epochs_run").forEach(epoch -> epochs.add(epoch.asInt()));
        checks.equal("epochs", epochs, history.epochs());
        JsonNode recorded = golden.get("history");
        checks.equal("names of the history", recorded.size(), metrics.size());
        recorded.fields().forEachRemaining(series -> {
            double noiseOfSeries =
                    noise.get("max_abs_history").path(series.getKey()).asDouble();
            double[] expected = new double[series.getValue().size()];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = GoldenCase.number(series.getValue().get(i));
            }
            checks.close(
                    "history " + series.getKey(),
                    expected,
                    metrics.getOrDefault(series.getKey(), List.of()).stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray(),
                    Math.max(Checks.NOISE_FACTOR * noiseOfSeries, ROUNDING));
        });
    }

    private void checkWeights(List<INDArray> actual) {
        List<INDArray> expected = weights("final");
        for (int i = 0; i < expected.size(); i++) {
            checks.close(
                    "final " + model.layout().parameters().get(i).path(),
                    expected.get(i).data().asFloat(),
                    actual.get(i).data().asFloat(),
                    tolerance("max_abs_weight"));
        }
    }

    private void checkEvaluation(Map<String, Double> actual) {
        JsonNode recorded = golden.get("evaluate_val_data_batch64");
        checks.equal("names of the evaluation", recorded.size(), actual.size());
        recorded.fields()
                .forEachRemaining(result -> checks.close(
                        "evaluate " + result.getKey(),
                        GoldenCase.number(result.getValue()),
                        actual.getOrDefault(result.getKey(), Double.NaN),
                        tolerance("max_abs_step_loss")));
    }
}
