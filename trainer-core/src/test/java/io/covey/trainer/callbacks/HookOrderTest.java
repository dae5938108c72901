package io.covey.trainer.callbacks;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LinearBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.ValidationFreq;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

@Timeout(60)
class HookOrderTest {
    private static final int ROWS = 10;
    private static final int BATCH_SIZE = 4;

    @ParameterizedTest
    @CsvSource({
        "hook_order__plain, 2, 0, 1",
        "hook_order__validation_data, 2, 8, 1",
        "hook_order__validation_freq2, 3, 8, 2"
    })
    void shouldCallHooksInKerasOrderWhenFittingAndEvaluating(
            String testCase, int epochs, int validationRows, int validationFreq) throws IOException {
        JsonNode keras = Golden.manifest(testCase).at("/keras3/value");
        TrainingSpec spec = LinearBackend.spec(ROWS, validationRows, BATCH_SIZE, 0.01);
        Tracer tracer = new Tracer();
        TrainingLoop loop = new TrainingLoop(
                new LinearBackend(spec),
                spec,
                FitOptions.of(epochs, null).validationFreq(ValidationFreq.every(validationFreq)),
                List.of(tracer));

        FitResult result = loop.fit();
        loop.evaluate(DataSplit.TRAIN);

        assertEquals(kerasEvents(keras), tracer.events);
        assertEquals(keras.at("/params/steps").asLong(), tracer.steps);
        assertEquals(
                keras.get("history_epochs").toString(), compact(result.history().epochs()));
        assertEquals(
                keras.get("history_keys").toString(),
                compact(withoutAccuracy(result.history().metrics().keySet()).stream()
                        .map(key -> '"' + key + '"')
                        .toList()));
    }

    @Test
    void shouldEndTheEpochAtOnceWhenStoppedInABatch() throws IOException {
        assertEquals(kerasLog("stop_in_batch"), log(new Callback() {
            private Training training;

            @Override
            public void onTrainBegin(Training newTraining) {
                training = newTraining;
            }

            @Override
            public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                if (batch == 1) {
                    training.stopTraining();
                }
            }
        }));
    }

    @Test
    void shouldEndTrainingAfterTheEpochWhenStoppedAtItsEnd() throws IOException {
        assertEquals(kerasLog("stop_in_epoch"), log(new Callback() {
            private Training training;

            @Override
            public void onTrainBegin(Training newTraining) {
                training = newTraining;
            }

            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
                if (epoch == 1) {
                    training.stopTraining();
                }
            }
        }));
    }

    private static List<String> log(Callback stopper) {
        List<String> log = new ArrayList<>();
        Callback recorder = new Callback() {
            @Override
            public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
                log.add("[\"batch\"," + batch + "]");
            }

            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
                log.add("[\"epoch_end\"," + epoch + "]");
            }
        };
        TrainingSpec spec = LinearBackend.spec(ROWS, 0, BATCH_SIZE, 0.01);
        FitResult result = new TrainingLoop(
                        new LinearBackend(spec), spec, FitOptions.of(5, null), List.of(recorder, stopper))
                .fit();
        assertFalse(result.interrupted());
        return log;
    }

    private static List<String> kerasLog(String name) throws IOException {
        List<String> log = new ArrayList<>();
        Golden.manifest("misc").at("/" + name + "/keras3/value/log").forEach(entry -> log.add(entry.toString()));
        return log;
    }

    private static List<String> kerasEvents(JsonNode keras) {
        List<String> events = new ArrayList<>();
        for (JsonNode event : keras.get("events")) {
            String hook = event.get("hook").asText();
            if (!hook.startsWith("on_predict")) {
                List<String> keys = new ArrayList<>();
                event.get("log_keys").forEach(key -> keys.add(key.asText()));
                events.add(event(
                        hook,
                        event.get("index").isNull() ? -1 : event.get("index").asLong(),
                        keys));
            }
        }
        return events;
    }

    private static String event(String hook, long index, Collection<String> keys) {
        return hook + " " + index + " " + keys;
    }

    private static Collection<String> withoutAccuracy(Collection<String> keys) {
        Collection<String> rest = new TreeSet<>(keys);
        rest.removeIf(key -> key.endsWith("accuracy"));
        return rest;
    }

    private static String compact(Collection<?> values) {
        return values.toString().replace(" ", "");
    }

    private static final class Tracer implements Callback {
        private final List<String> events = new ArrayList<>();
        private long steps;

        private void add(String hook, long index, Map<String, Double> logs) {
            events.add(event(hook, index, withoutAccuracy(logs.keySet())));
        }

        @Override
        public void onTrainBegin(Training training) {
            steps = training.steps();
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
    }
}
