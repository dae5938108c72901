package io.covey.trainer.callbacks;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.checkpoint.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class CsvLoggerTest {
    private static final String PATH = "run/history.csv";

    private final FileStore files = new MemoryFileStore();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "csv_logger__default",
                "csv_logger__append",
                "csv_logger__overwrite_second_run",
                "csv_logger__val_missing_first_epoch",
                "csv_logger__val_missing_later"
            })
    void shouldWriteKerasBytesWhenGivenKerasLogs(String testCase) throws IOException {
        JsonNode manifest = Golden.manifest(testCase);
        CsvLogger logger =
                new CsvLogger(files, PATH, ',', manifest.at("/args/append").asBoolean(false));
        JsonNode runs = manifest.get("epochs_logs");
        for (int run = 0; run < runs.size(); run++) {
            logger.onTrainBegin(null);
            for (int epoch = 0; epoch < runs.get(run).size(); epoch++) {
                JsonNode types = manifest.get("logs_types").get(run).get(epoch);
                logger.onEpochEnd(epoch, logs(runs.get(run).get(epoch), types));
            }
        }
        // The one int among Keras' logs; ours are doubles.
        String expected = Golden.text(testCase, "keras3.csv").replace("0,1,2.0", "0,1.0,2.0");
        assertEquals(expected, text());
    }

    private static Map<String, Double> logs(JsonNode values, JsonNode types) {
        Map<String, Double> logs = new TreeMap<>();
        values.fields().forEachRemaining(entry -> {
            // NaN and Infinity are strings there.
            double value = Double.parseDouble(entry.getValue().asText());
            boolean isFloat32 = types.get(entry.getKey()).asText().equals("float32");
            logs.put(entry.getKey(), isFloat32 ? Double.parseDouble(Float.toString((float) value)) : value);
        });
        return logs;
    }

    @Test
    void shouldContinueAsIfUninterruptedWhenRestored() throws IOException {
        CsvLogger first = new CsvLogger(files, PATH, ';', false);
        first.onTrainBegin(null);
        first.onEpochEnd(0, Map.of("loss", 0.5, "val_loss", 0.75));
        Map<String, String> state = first.state();
        first.onEpochEnd(1, Map.of("loss", 99.0, "val_loss", 99.0));

        CsvLogger second = new CsvLogger(files, PATH, ';', false);
        second.onTrainBegin(null);
        second.restore(state);
        second.onEpochEnd(1, Map.of("loss", 0.25));

        assertEquals("epoch;loss;val_loss\r\n0;0.5;0.75\r\n1;0.25;NA\r\n", text());
    }

    @Test
    void shouldWriteOneHeaderWhenRestoredBeforeTheFirstEpochEnded() throws IOException {
        CsvLogger first = new CsvLogger(files, PATH, ',', false);
        first.onTrainBegin(null);
        Map<String, String> state = first.state();

        CsvLogger second = new CsvLogger(files, PATH, ',', false);
        second.onTrainBegin(null);
        second.restore(state);
        second.onEpochEnd(0, Map.of("val_a,b", 1.0));

        assertEquals("epoch,\"val_a,b\"\r\n0,1.0\r\n", text());
    }

    @Test
    void shouldFixNoColumnsWhenTheFirstEpochHasNoLogs() throws IOException {
        CsvLogger logger = new CsvLogger(files, PATH, ',', false);
        logger.onTrainBegin(null);
        logger.onEpochEnd(0, Map.of());
        logger.onEpochEnd(1, Map.of("loss", 0.5));

        assertEquals("epoch\r\n0\r\n1\r\n", text());
    }

    private String text() throws IOException {
        try (FileStore.Input input = files.open(PATH)) {
            byte[] bytes = new byte[(int) input.length()];
            input.readFully(0, bytes, 0, bytes.length);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
