package io.covey.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@link TrainingState} as JSON with a version number. Doubles survive bit by bit; NaN and the infinities are strings, as in
 * Jackson's default.
 */
final class TrainingStateJson {
    /** Raised whenever the meaning of the JSON changes; older versions stay readable. */
    static final int VERSION = 1;

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    private TrainingStateJson() {}

    private record Json(
            @JsonProperty(value = "version", required = true)
            int version,

            @JsonProperty(value = "step", required = true) long step,
            @JsonProperty(value = "epoch", required = true) int epoch,

            @JsonProperty(value = "epoch_metrics", required = true)
            List<Double> epochMetrics,

            @JsonProperty(value = "seed", required = true) long seed,

            @JsonProperty(value = "configuration_hash", required = true)
            String configurationHash,

            @JsonProperty(value = "weights_sha256", required = true)
            String weightsSha256,

            @JsonProperty(value = "callback_states", required = true)
            Map<String, Map<String, String>> callbackStates,

            @JsonProperty(value = "history", required = true)
            Map<String, List<Double>> history,

            @JsonProperty(value = "versions", required = true)
            Map<String, String> versions) {}

    static byte[] encode(TrainingState state) {
        MetricState metrics = state.epochMetrics();
        Json json = new Json(
                VERSION,
                state.step(),
                state.epoch(),
                IntStream.range(0, metrics.length()).mapToObj(metrics::get).toList(),
                state.seed(),
                state.configurationHash(),
                state.weightsSha256(),
                state.callbackStates(),
                state.history(),
                state.versions());
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of plain values has a JSON form", e);
        }
    }

    /** @throws MalformedException when the text is no training state of a version that this one knows */
    static TrainingState decode(byte[] text) throws MalformedException {
        try {
            JsonNode tree = MAPPER.readTree(text);
            int version = tree.path("version").asInt();
            if (version < 1 || version > VERSION) {
                throw new MalformedException(
                        CorruptCheckpointException.NO_OFFSET,
                        "the training state has version " + version + ", this release knows versions 1 to " + VERSION
                                + ": use the release that wrote it, or a later one");
            }
            Json json = MAPPER.treeToValue(tree, Json.class);
            return new TrainingState(
                    json.step,
                    json.epoch,
                    MetricState.of(json.epochMetrics.stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray()),
                    json.seed,
                    json.configurationHash,
                    json.weightsSha256,
                    json.callbackStates,
                    json.history,
                    json.versions);
        } catch (IOException e) {
            MalformedException malformed = new MalformedException(
                    CorruptCheckpointException.NO_OFFSET,
                    "the training state cannot be read: " + e.getMessage() + " in "
                            + new String(text, StandardCharsets.UTF_8));
            malformed.initCause(e);
            throw malformed;
        }
    }
}
