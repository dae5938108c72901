package io.covey.trainer.callbacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Calls of Keras' ProgbarLogger, each with the time at which it was made, in nanoseconds of a clock that Keras ran on, and what
 * Keras printed.
 */
@Timeout(60)
class ProgbarLoggerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CASES = "/callbacks/progbar_logger.json";

    static Stream<Arguments> cases() throws IOException {
        try (InputStream input = ProgbarLoggerTest.class.getResourceAsStream(CASES)) {
            return StreamSupport.stream(JSON.readTree(input).spliterator(), false)
                    .map(recorded -> Arguments.of(recorded.get("name").asText(), recorded));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldPrintAsKerasWhenItRunsOnTheSameClock(String name, JsonNode recorded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong nowNs = new AtomicLong();
        ProgbarLogger logger = Callbacks.progbarLogger()
                .verbose(recorded.get("verbose").asInt())
                .semantics(recorded.get("keras").asInt() == 2 ? Semantics.KERAS2 : Semantics.KERAS3)
                .out(new PrintStream(bytes, true, StandardCharsets.UTF_8))
                .nanoClock(nowNs::get);

        for (JsonNode event : recorded.get("events")) {
            nowNs.set(event.get(2).asLong());
            call(logger, event);
        }

        assertEquals(recorded.get("printed").asText(), bytes.toString(StandardCharsets.UTF_8));
    }

    private static void call(ProgbarLogger logger, JsonNode event) {
        int index = event.get(1).asInt();
        Map<String, Double> logs = logs(event.path(3));
        switch (event.get(0).asText()) {
            case "set_params" ->
                logger.setParams(new CallbackParams(index, event.get(2).asLong()));
            case "train_begin" -> logger.onTrainBegin(null);
            case "train_end" -> logger.onTrainEnd(logs);
            case "epoch_begin" -> logger.onEpochBegin(index);
            case "epoch_end" -> logger.onEpochEnd(index, logs);
            case "train_batch_end" -> logger.onTrainBatchEnd(index, logs);
            case "test_begin" -> logger.onTestBegin();
            case "test_end" -> logger.onTestEnd(logs);
            case "test_batch_end" -> logger.onTestBatchEnd(index, logs);
            case "predict_begin" -> logger.onPredictBegin();
            case "predict_end" -> logger.onPredictEnd();
            case "predict_batch_end" -> logger.onPredictBatchEnd(index, Map.of());
            default -> throw new IllegalArgumentException("hook " + event + " is not known");
        }
    }

    private static Map<String, Double> logs(JsonNode pairs) {
        Map<String, Double> logs = new LinkedHashMap<>();
        pairs.forEach(pair -> logs.put(
                pair.get(0).asText(),
                pair.get(1).isTextual()
                        ? Double.valueOf(pair.get(1).asText())
                        : Double.valueOf(pair.get(1).asDouble())));
        return logs;
    }
}
