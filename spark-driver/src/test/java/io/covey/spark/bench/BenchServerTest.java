package io.covey.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
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

    @Test
    void shouldGiveTheSameWeightsWhenAskedAgain() {
        assertEquals(weights(), weights());
    }

    private static String weights() {
        try (SingleWorkload workload = new SingleWorkload(BenchModel.M1, 32, 2)) {
            workload.run(30);
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
