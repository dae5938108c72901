package io.covey.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.model.Node;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class BenchServerTest {
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void shouldTrainAndGoOnAfterARequestThatCannotBeRun() throws IOException {
        List<JsonNode> answers = serve(
                "{\"model\": \"M1\", \"batch\": 32, \"steps\": 20}",
                "{\"model\": \"M9\", \"batch\": 32, \"steps\": 20}",
                "no json",
                "{\"model\": \"M1\", \"batch\": 32, \"steps\": 1100}");
        assertTrue(answers.get(0).get("ready").asBoolean());
        assertEquals(20, answers.get(1).get("steps").asLong());
        assertTrue(answers.get(1).get("elapsed_s").asDouble() > 0);
        assertTrue(answers.get(1).get("loss").asDouble() > 0);
        assertTrue(answers.get(2).get("error").asText().contains("M9"));
        assertTrue(answers.get(3).has("error"));
        assertEquals(1100, answers.get(4).get("steps").asLong());
    }

    @ParameterizedTest
    @EnumSource(names = {"M1", "M2", "M3"})
    void shouldGiveTheSameWeightsWhenAskedAgain(BenchModel model) {
        assertEquals(weights(model), weights(model));
    }

    @Test
    void shouldCountTheParametersOfTheReferenceModels() {
        assertEquals(
                List.of(316_810L, 103_562L, 1_117_738L, 14_638_056L, 25_583_716L, 25_583_716L, 83_722L, 63_498L),
                Stream.of(BenchModel.values())
                        .map(model -> model.model().nodes().stream()
                                .mapToLong(Node::parameterCount)
                                .sum())
                        .toList());
    }

    @Test
    void shouldCountTheOperationsOfProducts() {
        double first = 784 * 300;
        double others = 300 * 200 + 200 * 100 + 100 * 10;
        assertEquals(4 * first + 6 * others, TrainingFlops.perSample(BenchModel.M1.model()));
        double convolution = 30 * 30 * 16 * 27;
        double dense = 1600 * 64 + 64 * 10;
        assertEquals(4 * convolution + 6 * dense, TrainingFlops.perSample(BenchModel.M2.model()));
        double inputs = 64 * 32 * 512;
        double states = 64 * 128 * 512;
        assertEquals(4 * inputs + 6 * (states + 1280), TrainingFlops.perSample(BenchModel.LSTM.model()));
    }

    @Test
    void shouldNameTheOperationsInAProfile() {
        String table = StepProfile.table(BenchModel.M2, 4, 1, 0.01);
        assertTrue(table.contains("conv2d") && table.contains("max_pooling2d") && table.contains("dense_1"), table);
    }

    private static String weights(BenchModel model) {
        try (SingleWorkload workload = new SingleWorkload(model, 32, 2)) {
            workload.run(model == BenchModel.M3 ? 3 : 30);
            return workload.weightsSha256();
        }
    }

    private List<JsonNode> serve(String... requests) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BenchServer(Workloads.of("single", 1, 1), new PrintStream(bytes, true, StandardCharsets.UTF_8))
                .serve(new BufferedReader(new StringReader(String.join("\n", requests))));
        List<JsonNode> answers = new ArrayList<>();
        for (String line : bytes.toString(StandardCharsets.UTF_8).lines().toList()) {
            answers.add(json.readTree(line));
        }
        return answers;
    }
}
