package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.callbacks.TensorBoard;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.tensorboard.LinearHistogram;
import io.covey.trainer.tensorboard.Moments;
import io.covey.trainer.tensorboard.NumpyHistogram;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Event files of Keras' TensorBoard callback, and histograms of NumPy and TensorBoard. */
final class TensorBoardGroup implements GoldenGroup {
    private static final List<String> WEIGHTS = List.of("h/kernel", "h/bias", "o/kernel", "o/bias");
    private static final Pattern VALIDATION = Pattern.compile("first (\\d+) samples of x, y");
    private static final double FLOAT_ULP = Math.ulp(1f);
    private static final double DOUBLE_ULP = Math.ulp(1.0);

    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        golden.skip("note");
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "tensorboard" -> events(golden, checks);
            case "histograms" -> histograms(golden, checks);
            default -> throw new IllegalArgumentException("kind " + kind + " is not known");
        }
    }

    private static void histograms(GoldenCase golden, Checks checks) {
        golden.get("rows").fields().forEachRemaining(row -> {
            float[] x = golden.array(row.getValue().get("x")).floats();
            row.getValue().fields().forEachRemaining(field -> {
                String check = row.getKey() + " " + field.getKey();
                JsonNode expected = field.getValue();
                switch (field.getKey().replaceAll("\\d+$", "")) {
                    case "x" -> {}
                    // NumPy sums float32 in pairs.
                    case "mean" -> moment(checks, check, expected, Moments.of(x).mean());
                    case "std" -> moment(checks, check, expected, Moments.of(x).standardDeviation());
                    case "numpy_" -> numpy(checks, check, expected, NumpyHistogram.of(x, count(field.getKey())));
                    case "tensorboard_" ->
                        rows(checks, check, numbers(expected), LinearHistogram.of(x, count(field.getKey())));
                    default -> throw new IllegalArgumentException("field " + field.getKey() + " is not known");
                }
            });
        });
    }

    private static int count(String field) {
        return Integer.parseInt(field.substring(field.indexOf('_') + 1));
    }

    private static void moment(Checks checks, String check, JsonNode expected, double actual) {
        double value = expected.isNull() ? Double.NaN : GoldenCase.number(expected);
        checks.close(check, value, actual, expected.isNull() ? 0 : 4 * FLOAT_ULP * Math.max(1, Math.abs(value)));
    }

    private static void numpy(Checks checks, String check, JsonNode expected, NumpyHistogram actual) {
        checks.equal(check + " counts", numbers(expected.get("counts")), boxed(actual.counts()));
        double[] edges = array(numbers(expected.get("edges")));
        double[] actualEdges = new double[actual.edges().length];
        for (int i = 0; i < actualEdges.length; i++) {
            actualEdges[i] = actual.edges()[i];
        }
        // An edge is rounded three times, at the scale of the range.
        checks.close(check + " edges", edges, actualEdges, 2 * FLOAT_ULP * largest(edges));
    }

    private static void rows(Checks checks, String check, List<Double> expected, List<LinearHistogram.Bucket> actual) {
        List<Double> flat = new ArrayList<>();
        actual.forEach(bucket -> flat.addAll(List.of(bucket.left(), bucket.right(), bucket.count())));
        close(checks, check, expected, flat, 4 * DOUBLE_ULP);
    }

    /** Counts must be equal, edges nearly: the tolerance is relative to the largest edge. */
    private static void close(
            Checks checks, String check, List<Double> expected, List<Double> actual, double relative) {
        checks.equal(check + " counts", column(expected, 2), column(actual, 2));
        double[] left = array(column(expected, 0));
        double[] right = array(column(expected, 1));
        double tolerance = relative * Math.max(largest(left), largest(right));
        checks.close(check + " left", left, array(column(actual, 0)), tolerance);
        checks.close(check + " right", right, array(column(actual, 1)), tolerance);
    }

    private static List<Double> column(List<Double> rows, int column) {
        List<Double> values = new ArrayList<>();
        for (int i = column; i < rows.size(); i += 3) {
            values.add(rows.get(i));
        }
        return values;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void events(GoldenCase golden, Checks checks) throws IOException {
        golden.skip("x", "y", "initial");
        checks.equal(
                "ok", true, golden.get("ok").asBoolean() && golden.get("error").isNull());
        JsonNode fit = golden.get("fit");
        String keras = "keras" + golden.get("keras").asInt();
        TouchedFiles files = new TouchedFiles();
        replay(golden, (TensorBoard) CallbackCase.callback("tensor_board", golden.get("args"), keras, files));
        for (JsonNode recorded : golden.get("decoded")) {
            String file = recorded.get("file").asText();
            byte[] original = Files.readAllBytes(golden.folder().resolve(file));
            checks.equal(file + " bytes", recorded.get("bytes").asInt(), original.length);
            String folder = file.substring(0, file.lastIndexOf('/'));
            List<String> names = files.list(folder);
            checks.equal(folder + " files", 1, names.size());
            checks.equal(
                    folder + " name",
                    true,
                    names.get(0).matches("events\\.out\\.tfevents\\.\\d{10}\\.[^/]+\\.\\d+\\.\\d+\\.v2"));
            compare(checks, folder, recorded.get("events"), EventFile.read(files.content(folder + "/" + names.get(0))));
            compareImages(
                    checks,
                    folder,
                    EventFile.read(original),
                    EventFile.read(files.content(folder + "/" + names.get(0))));
        }
        checks.equal(
                "net",
                "Dense(3, relu, name h) - Dense(2, name o)",
                fit.get("net").asText());
    }

    /** The hooks of the recorded run, with its logs and weights. */
    private static void replay(GoldenCase golden, TensorBoard callback) {
        JsonNode fit = golden.get("fit");
        JsonNode history = golden.get("history");
        RecordedTraining training = new RecordedTraining();
        training.learningRate = Float.parseFloat(fit.get("optimizer").asText().replaceAll("SGD\\((.*)\\)", "$1"));
        training.modelJson = "{\"class_name\": \"Sequential\"}";
        int rows = golden.get("x").get("shape").get(0).asInt();
        int batches = (rows + fit.get("batch_size").asInt() - 1)
                / fit.get("batch_size").asInt();
        RecordedNet net = new RecordedNet(golden, fit.get("batch_size").asInt(), training.learningRate);
        int testBatches =
                testBatches(golden.get("validation"), fit.get("batch_size").asInt());
        callback.onTrainBegin(training);
        for (int epoch = 0; epoch < fit.get("epochs").asInt(); epoch++) {
            callback.onEpochBegin(epoch);
            net.beginEpoch();
            for (int batch = 0; batch < batches; batch++) {
                callback.onTrainBatchBegin(batch);
                training.iterations++;
                SortedMap<String, Double> running = net.train(batch);
                running.keySet().retainAll(names(history));
                callback.onTrainBatchEnd(batch, running);
            }
            training.weights = weights(golden, golden.get("weights_after_epoch").get(epoch));
            Map<String, Double> logs = new LinkedHashMap<>();
            Map<String, Double> validation = new LinkedHashMap<>();
            int at = epoch;
            history.fields().forEachRemaining(log -> {
                double value = GoldenCase.number(log.getValue().get(at));
                logs.put(log.getKey(), value);
                if (log.getKey().startsWith("val_")) {
                    validation.put(log.getKey().substring("val_".length()), value);
                }
            });
            if (!validation.isEmpty()) {
                callback.onTestBegin();
                for (int batch = 0; batch < testBatches; batch++) {
                    callback.onTestBatchBegin(batch);
                }
                callback.onTestEnd(validation);
            }
            callback.onEpochEnd(epoch, logs);
        }
        callback.onTrainEnd(Map.of());
    }

    private static Set<String> names(JsonNode history) {
        Set<String> names = new TreeSet<>();
        history.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static int testBatches(JsonNode validation, int batchSize) {
        if (validation.isNull()) {
            return 0;
        }
        Matcher matcher = VALIDATION.matcher(validation.asText());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("validation " + validation + " is not known");
        }
        return (Integer.parseInt(matcher.group(1)) + batchSize - 1) / batchSize;
    }

    private static List<WeightArray> weights(GoldenCase golden, JsonNode references) {
        List<WeightArray> weights = new ArrayList<>();
        for (int i = 0; i < WEIGHTS.size(); i++) {
            var array = golden.array(references.get(i));
            weights.add(new WeightArray("sequential/" + WEIGHTS.get(i), array.shape(), array.floats()));
        }
        return weights;
    }

    private static void compare(Checks checks, String folder, JsonNode recorded, List<EventFile.Event> events) {
        List<String> expectedHeads = new ArrayList<>();
        List<Object> expectedValues = new ArrayList<>();
        for (JsonNode event : recorded) {
            if (event.has("file_version")) {
                expectedHeads.add(
                        event.get("step") + " " + event.get("file_version").asText());
                expectedValues.add(null);
            }
            for (JsonNode value : event.path("values")) {
                expectedHeads.add(event.get("step") + " " + value.get("tag").asText() + " "
                        + value.get("plugin").asText() + " " + numbers(value.get("shape")));
                expectedValues.add(value.get("value"));
            }
        }
        checks.equal(
                folder + " events",
                expectedHeads,
                events.stream().map(TensorBoardGroup::head).toList());
        for (int i = 0; i < Math.min(events.size(), expectedValues.size()); i++) {
            JsonNode expected = (JsonNode) expectedValues.get(i);
            Object actual = events.get(i).value();
            String check = folder + " " + i + " " + events.get(i).tag();
            if (actual instanceof Double number && events.get(i).tag().endsWith("steps_per_second")) {
                // A time of its own on either side.
                checks.equal(check, true, GoldenCase.number(expected) > 0 && number > 0);
            } else if (actual instanceof Double number) {
                double value = GoldenCase.number(expected);
                // Keras has trained in float32.
                boolean trained = events.get(i).tag().startsWith("batch_");
                checks.close(check, value, number, trained ? 16 * FLOAT_ULP * Math.max(1, Math.abs(value)) : 0);
            } else if ("histograms".equals(events.get(i).plugin())) {
                List<Double> numbers = new ArrayList<>();
                ((List<?>) actual).forEach(number -> numbers.add((Double) number));
                close(checks, check, numbers(expected), numbers, 4 * DOUBLE_ULP);
            } else if (actual instanceof List<?> strings) {
                checks.equal(check, "(object, " + strings.size() + " entries)", expected.asText());
            }
        }
    }

    /** The manifest only counts images: their pixels are compared with the recorded file's. */
    private static void compareImages(
            Checks checks, String folder, List<EventFile.Event> recorded, List<EventFile.Event> events) {
        for (int i = 0; i < Math.min(recorded.size(), events.size()); i++) {
            if ("images".equals(recorded.get(i).plugin())) {
                checks.equal(
                        folder + " pixels " + i,
                        Pixels.of((List<?>) recorded.get(i).value()),
                        Pixels.of((List<?>) events.get(i).value()));
            }
        }
    }

    private static String head(EventFile.Event event) {
        return event.version() != null
                ? event.step() + " " + event.version()
                : event.step() + " " + event.tag() + " " + event.plugin() + " "
                        + event.shape().stream().map(Integer::doubleValue).toList();
    }

    private static List<Double> numbers(JsonNode node) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : node) {
            if (element.isArray()) {
                numbers.addAll(numbers(element));
            } else {
                numbers.add(GoldenCase.number(element));
            }
        }
        return numbers;
    }

    private static List<Double> boxed(long[] values) {
        List<Double> numbers = new ArrayList<>();
        for (long value : values) {
            numbers.add((double) value);
        }
        return numbers;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
