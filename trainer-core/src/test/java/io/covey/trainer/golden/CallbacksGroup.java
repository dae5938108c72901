package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.CsvLogger;
import io.covey.trainer.callbacks.EarlyStopping;
import io.covey.trainer.callbacks.ModelCheckpoint;
import io.covey.trainer.callbacks.ReduceLrOnPlateau;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Traces of Keras' callbacks, of Keras 3 and of Keras 2. */
final class CallbacksGroup implements GoldenGroup {
    private static final String DIRECTORY = "DIR";

    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "early_stopping" -> CallbackCase.replay(golden, checks, (c, value) -> earlyStopping(golden, c, value));
            case "reduce_lr_on_plateau" ->
                CallbackCase.replay(golden, checks, (c, value) -> reduceLr(golden, c, value));
            case "model_checkpoint" ->
                CallbackCase.replay(golden, checks, (c, value) -> modelCheckpoint(golden, c, value));
            case "csv_logger" -> csvLogger(golden, checks);
            case "hook_order" ->
                CallbackCase.replay(golden, checks, (c, value) -> new HookOrderCase(golden, c).verify(value));
            case "misc" -> new MiscCallbacks(golden, checks).verify();
            case "printed_output" -> new PrintedOutput(golden, checks).verify();
            default -> throw new IllegalArgumentException("kind " + kind + " is not known");
        }
    }

    private static void earlyStopping(GoldenCase golden, CallbackCase c, JsonNode value) {
        String monitor = golden.get("monitor").asText();
        JsonNode values = golden.get("values");
        EarlyStopping callback =
                (EarlyStopping) c.callback("early_stopping", golden.get("args"), Map.of("monitor", monitor));
        RecordedTraining training = new RecordedTraining();
        training.metricDirections = directions(value, monitor);
        callback.onTrainBegin(training);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int epoch = 0; epoch < values.size() && !training.stopping; epoch++) {
            training.epoch = epoch;
            Double current = CallbackCase.nullable(values.get(epoch));
            callback.onEpochEnd(epoch, current == null ? Map.of() : Map.of(monitor, current));
            Map<String, Object> row = row(epoch, current, callback.waitedEpochs(), callback.best());
            row.put("stop", training.stopping);
            rows.add(row);
        }
        callback.onTrainEnd(Map.of());
        if (value == null) {
            return;
        }
        c.checks.equal(c.keras + " rows", recordedRows(value.get("rows")), rows);
        c.checks.equal(c.keras + " stopped_epoch", value.get("stopped_epoch").asInt(), callback.stoppedEpoch());
        // Keras 2 of this age has no best epoch.
        Integer bestEpoch = c.isKeras2() ? null : Integer.valueOf(callback.bestEpoch());
        c.checks.equal(
                c.keras + " best_epoch",
                value.get("best_epoch").isNull()
                        ? null
                        : value.get("best_epoch").asInt(),
                bestEpoch);
        c.checks.equal(
                c.keras + " weights_epoch_at_end",
                GoldenCase.number(value.get("weights_epoch_at_end")),
                training.weightsEpoch());
        c.checks.equal(c.keras + " printed", value.get("printed").asText(), c.printed());
    }

    private static void reduceLr(GoldenCase golden, CallbackCase c, JsonNode value) {
        String monitor = golden.get("monitor").asText();
        JsonNode values = golden.get("values");
        RecordedTraining training = new RecordedTraining();
        training.learningRate = (float) GoldenCase.number(golden.get("initial_lr"));
        training.metricDirections = directions(value, monitor);
        ReduceLrOnPlateau callback =
                (ReduceLrOnPlateau) c.callback("reduce_lr_on_plateau", golden.get("args"), Map.of("monitor", monitor));
        callback.onTrainBegin(training);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int epoch = 0; epoch < values.size(); epoch++) {
            Double current = CallbackCase.nullable(values.get(epoch));
            Map<String, Double> logs = new TreeMap<>();
            if (current != null) {
                logs.put(monitor, current);
            }
            callback.onEpochEnd(epoch, logs);
            Map<String, Object> row = row(epoch, current, callback.waitedEpochs(), callback.best());
            row.put("lr_after", training.learningRate());
            row.put("cooldown_counter", callback.cooldownCounter());
            row.put("logs", logs);
            rows.add(row);
        }
        if (value != null) {
            c.checks.equal(c.keras + " rows", recordedRows(value.get("rows")), rows);
            c.checks.equal(c.keras + " printed", value.get("printed").asText(), c.printed());
        }
    }

    /** The metrics of the recorded model are not in the manifest: where Keras raised nothing, it had the monitored one. */
    private static Map<String, Direction> directions(JsonNode value, String monitor) {
        String metric = monitor.startsWith("val_") ? monitor.substring("val_".length()) : monitor;
        if (value == null || metric.equals("loss")) {
            return Map.of();
        }
        try {
            return Map.of(metric, Metrics.of(metric).direction());
        } catch (CoveyException e) {
            return Map.of();
        }
    }

    private static Map<String, Object> row(int epoch, Double value, int wait, Double best) {
        Map<String, Object> row = new TreeMap<>();
        row.put("epoch", epoch);
        row.put("value", value);
        row.put("wait", wait);
        row.put("best", best);
        return row;
    }

    private static List<Map<String, Object>> recordedRows(JsonNode rows) {
        List<Map<String, Object>> recorded = new ArrayList<>();
        for (JsonNode row : rows) {
            Map<String, Object> fields = new TreeMap<>();
            row.fields()
                    .forEachRemaining(
                            field -> fields.put(field.getKey(), recordedField(field.getKey(), field.getValue())));
            recorded.add(fields);
        }
        return recorded;
    }

    private static Object recordedField(String name, JsonNode node) {
        if (node.isObject()) {
            Map<String, Double> logs = new TreeMap<>();
            node.fields().forEachRemaining(log -> logs.put(log.getKey(), GoldenCase.number(log.getValue())));
            return logs;
        }
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        if (List.of("epoch", "wait", "cooldown_counter").contains(name)) {
            return node.asInt();
        }
        return CallbackCase.nullable(node);
    }

    private static void modelCheckpoint(GoldenCase golden, CallbackCase c, JsonNode value) throws IOException {
        // Keras 2 was recorded with a name of its own where Keras 3 demands an ending.
        String filepath = c.recorded().has("filepath")
                ? c.recorded().get("filepath").asText()
                : golden.get("filepath").asText();
        golden.skip("filepath");
        int epochs = golden.get("epochs").asInt();
        int batches = golden.get("batches_per_epoch").asInt();
        JsonNode valLoss = golden.get("val_loss");
        ModelCheckpoint callback = (ModelCheckpoint) c.callback(
                "model_checkpoint",
                golden.get("args"),
                Map.of("filepath", DIRECTORY + "/" + filepath, "save_format", "keras"));
        List<String> events = new ArrayList<>();
        RecordedTraining training = new RecordedTraining();
        callback.onTrainBegin(training);
        for (int epoch = 0; epoch < epochs; epoch++) {
            callback.onEpochBegin(epoch);
            for (int batch = 0; batch < batches; batch++) {
                callback.onTrainBatchEnd(batch, Map.of("loss", 1.0));
                addEvent(events, "epoch " + epoch + " batch " + batch, c.files.takeTouched());
            }
            callback.onEpochEnd(epoch, Map.of("loss", 1.0, "val_loss", GoldenCase.number(valLoss.get(epoch))));
            addEvent(events, "epoch " + epoch + " end", c.files.takeTouched());
        }
        callback.onTrainEnd(Map.of());
        if (value == null) {
            return;
        }
        List<String> recorded = new ArrayList<>();
        for (JsonNode event : value.get("events")) {
            addEvent(recorded, event.get("after").asText(), CallbackCase.texts(event.get("files_written")));
        }
        c.checks.equal(c.keras + " events", recorded, events);
        c.checks.equal(c.keras + " final_files", CallbackCase.texts(value.get("final_files")), c.files.list(DIRECTORY));
        c.checks.equal(c.keras + " best", CallbackCase.nullable(value.get("best")), callback.best());
        c.checks.equal(c.keras + " printed", value.get("printed").asText(), c.printed());
        String stateFile = DIRECTORY + "/checkpoint";
        c.checks.equal(
                c.keras + " state_file",
                value.get("state_file").isNull()
                        ? null
                        : value.get("state_file").asText(),
                c.files.exists(stateFile) ? new String(c.files.content(stateFile), StandardCharsets.UTF_8) : null);
    }

    private static void addEvent(List<String> events, String after, List<String> files) {
        if (!files.isEmpty()) {
            events.add(after + ": " + files);
        }
    }

    private static void csvLogger(GoldenCase golden, Checks checks) throws Exception {
        golden.skip("note");
        JsonNode runs = golden.get("epochs_logs");
        JsonNode types = golden.get("logs_types");
        CallbackCase.replay(golden, checks, (c, value) -> {
            String path = DIRECTORY + "/log.csv";
            for (int run = 0; run < runs.size(); run++) {
                CsvLogger logger = (CsvLogger) c.callback("csv_logger", golden.get("args"), Map.of("filename", path));
                logger.onTrainBegin(new RecordedTraining());
                for (int epoch = 0; epoch < runs.get(run).size(); epoch++) {
                    logger.log(
                            epoch, logs(runs.get(run).get(epoch), types.get(run).get(epoch)));
                }
                logger.onTrainEnd(Map.of());
            }
            if (c.recorded().isTextual()) {
                byte[] expected =
                        Files.readAllBytes(golden.folder().resolve(c.recorded().asText()));
                checks.equal(
                        c.keras,
                        new String(expected, StandardCharsets.UTF_8),
                        new String(c.files.content(path), StandardCharsets.UTF_8));
            }
        });
    }

    private static Map<String, Object> logs(JsonNode values, JsonNode types) {
        Map<String, Object> logs = new LinkedHashMap<>();
        values.fields().forEachRemaining(entry -> {
            JsonNode node = entry.getValue();
            String type = types.get(entry.getKey()).asText();
            logs.put(
                    entry.getKey(),
                    switch (type) {
                        case "float32" -> (Object) (float) GoldenCase.number(node);
                        case "float" -> GoldenCase.number(node);
                        case "int" -> node.asLong();
                        case "str" -> node.asText();
                        case "list", "ndarray" -> elements(node);
                        default -> throw new IllegalArgumentException("type " + type + " is not known");
                    });
        });
        return logs;
    }

    private static List<Object> elements(JsonNode list) {
        List<Object> elements = new ArrayList<>();
        list.forEach(node -> elements.add(node.isInt() ? (Object) node.asInt() : GoldenCase.number(node)));
        return elements;
    }
}
