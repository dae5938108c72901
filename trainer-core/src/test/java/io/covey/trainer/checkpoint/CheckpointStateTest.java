package io.covey.trainer.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class CheckpointStateTest {
    @Test
    void shouldWriteWhatKerasWrites() throws Exception {
        String golden = Files.readString(Golden.path("models/seed_mlp/keras2/weights_tf/checkpoint"));
        assertEquals(golden, new CheckpointState("ckpt", List.of("ckpt")).encode());
        assertEquals(new CheckpointState("ckpt", List.of("ckpt")), CheckpointState.decode(golden));
    }

    @Test
    void shouldUnderstandEscapes() throws MalformedException {
        String text = "model_checkpoint_path: 'a\\x41\\101\\t\\'\\346\\227\\245'";
        assertEquals("aAA\t'\u65e5", CheckpointState.decode(text).newest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_checkpoint_path: \"open",
                "model_checkpoint_path \"a\"",
                "model_checkpoint_path: 3",
                "last_preserved_timestamp: x model_checkpoint_path: \"a\"",
                "other: \"a\"",
                "model_checkpoint_path: \"\\q\"",
                "model_checkpoint_path: \"\\377\"",
                "model_checkpoint_path: \"a\\"
            })
    void shouldRefuseTextThatIsNoState(String text) {
        assertThrows(MalformedException.class, () -> CheckpointState.decode(text));
    }

    private static TrainingState trainingState(double value) {
        return new TrainingState(
                1L << 60,
                7,
                MetricState.of(value, -0.0, Double.MIN_VALUE, 0.1),
                Long.MIN_VALUE,
                "c0ffee",
                "abc",
                Map.of("EarlyStopping", Map.of("best", "NaN", "wait", "3"), "None", Map.of()),
                Map.of("loss", List.of(value, 1 / 3.0), "val_loss", List.of()),
                Map.of("covey", "0.1.0"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, 4.9e-324})
    void shouldKeepEveryBitOfATrainingState(double value) throws MalformedException {
        TrainingState state = trainingState(value);

        TrainingState read = TrainingStateJson.decode(TrainingStateJson.encode(state));

        for (int i = 0; i < 4; i++) {
            assertEquals(
                    Double.doubleToLongBits(state.epochMetrics().get(i)),
                    Double.doubleToLongBits(read.epochMetrics().get(i)));
        }
        assertEquals(state.history(), read.history());
        assertEquals(state.callbackStates(), read.callbackStates());
        assertEquals(state.versions(), read.versions());
        assertEquals(state.step(), read.step());
        assertEquals(state.epoch(), read.epoch());
        assertEquals(state.seed(), read.seed());
        assertEquals(state.configurationHash(), read.configurationHash());
        assertEquals(state.weightsSha256(), read.weightsSha256());
    }

    /** What version 1 looks like; readers of all later releases must understand it. */
    @Test
    void shouldReadTheFirstVersion() throws Exception {
        String text = "{\"version\":1,\"step\":10,\"epoch\":2,\"epoch_metrics\":[32.0,\"NaN\",30.0],\"seed\":42,"
                + "\"configuration_hash\":\"c\",\"weights_sha256\":\"w\","
                + "\"callback_states\":{\"EarlyStopping\":{\"wait\":\"1\"}},\"history\":{\"loss\":[0.5,\"Infinity\"]},"
                + "\"versions\":{\"covey\":\"0.1.0\"}}";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        TrainingState state = TrainingStateJson.decode(bytes);

        assertEquals(List.of(0.5, Double.POSITIVE_INFINITY), state.history().get("loss"));
        assertEquals(new ObjectMapper().readTree(text), new ObjectMapper().readTree(TrainingStateJson.encode(state)));
        assertArrayEquals(bytes, TrainingStateJson.encode(state));
    }

    @Test
    void shouldRefuseNewerVersionsByNumber() {
        String text = new String(TrainingStateJson.encode(trainingState(0)), StandardCharsets.UTF_8);
        MalformedException e = assertThrows(
                MalformedException.class,
                () -> TrainingStateJson.decode(
                        text.replace("\"version\":1,", "\"version\":2,").getBytes(StandardCharsets.UTF_8)));
        assertTrue(e.getMessage().contains("version 2"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"version\":1}", "{\"version\":1,\"step\":null}", "nonsense"})
    void shouldRefuseBrokenTrainingStates(String text) {
        assertThrows(MalformedException.class, () -> TrainingStateJson.decode(text.getBytes(StandardCharsets.UTF_8)));
    }
}
