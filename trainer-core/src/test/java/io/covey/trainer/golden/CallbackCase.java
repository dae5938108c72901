package io.covey.trainer.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackIo;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.checkpoint.FileStore;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A callback's case for one Keras: makes the callback from the recorded arguments, and compares what was recorded of it. */
final class CallbackCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    final String keras;
    final TouchedFiles files = new TouchedFiles();
    final Checks checks;
    private final JsonNode recorded;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /** What runs against a recorded result. */
    @FunctionalInterface
    interface Replay {
        void run(CallbackCase callbackCase, JsonNode value) throws Exception;
    }

    private CallbackCase(String keras, JsonNode recorded, Checks checks) {
        this.keras = keras;
        this.recorded = recorded;
        this.checks = checks;
    }

    /** Replays the case for each Keras for which it was recorded; where Keras raised, an error of the same text must come. */
    static void replay(GoldenCase golden, Checks checks, Replay replay) throws Exception {
        for (String keras : List.of("keras3", "keras2")) {
            if (golden.has(keras)) {
                new CallbackCase(keras, golden.get(keras), checks).replay(replay);
            }
        }
    }

    private void replay(Replay replay) throws Exception {
        if (recorded.path("ok").asBoolean(true)) {
            replay.run(this, recorded.get("value"));
            return;
        }
        String error = "none";
        try {
            replay.run(this, null);
        } catch (CoveyException e) {
            error = recorded.get("error_type").asText().equals("KeyError") ? keyError(e.getMessage()) : e.getMessage();
        }
        checks.equal(keras + " error", recorded.get("error").asText(), error);
    }

    /** Python's {@code str(KeyError(message))}, which is the message's {@code repr}. */
    private static String keyError(String message) {
        return message.contains("'") && !message.contains("\"")
                ? message
                : "'" + message.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** The recorded node of this Keras. */
    JsonNode recorded() {
        return recorded;
    }

    boolean isKeras2() {
        return keras.equals("keras2");
    }

    /** The callback with the recorded arguments and more; it prints and writes here. */
    Callback callback(String name, JsonNode arguments, Map<String, Object> more) {
        Map<String, Object> config = config(arguments, keras);
        config.putAll(more);
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return Callbacks.of(name, config, new CallbackIo(files, out, System::nanoTime));
    }

    /** The callback with the recorded arguments, that prints nowhere. */
    static Callback callback(String name, JsonNode arguments, String keras, FileStore files) {
        return Callbacks.of(
                name,
                config(arguments, keras),
                new CallbackIo(files, new PrintStream(OutputStream.nullOutputStream(), true), System::nanoTime));
    }

    private static Map<String, Object> config(JsonNode arguments, String keras) {
        Map<String, Object> config =
                new TreeMap<>(JSON.convertValue(arguments, new TypeReference<Map<String, Object>>() {}));
        config.put("semantics", keras);
        return config;
    }

    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** A number as the manifests write it, null for null. */
    static Double nullable(JsonNode node) {
        return node.isNull() ? null : Double.valueOf(GoldenCase.number(node));
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
