package io.covey.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.trainer.CoveyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Answers benchmark requests, one JSON object a line: {@code {"model": "M1", "batch": 32, "steps": 500}} in,
 * {@code {"steps": 500, "elapsed_s": 0.412, "loss": 2.3}} or {@code {"error": "why"}} out. A case stays built until a request
 * names another, so that the virtual machine stays warm between repetitions.
 */
final class BenchServer {
    private final ObjectMapper json = new ObjectMapper();
    private final WorkloadFactory factory;
    private final PrintStream out;
    private Workload workload;
    private String currentModel;
    private int currentBatch;

    BenchServer(WorkloadFactory factory, PrintStream out) {
        this.factory = factory;
        this.out = out;
    }

    /** Serves until the requests end. */
    void serve(BufferedReader requests) throws IOException {
        out.println(json.createObjectNode().put("ready", true));
        out.flush();
        try {
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                if (!line.isBlank()) {
                    out.println(answer(line));
                    out.flush();
                }
            }
        } finally {
            closeWorkload();
        }
    }

    private ObjectNode answer(String line) {
        try {
            JsonNode request = json.readTree(line);
            Workload current = workloadFor(
                    request.path("model").asText(), request.path("batch").asInt());
            Workload.Measurement done =
                    current.run(Math.max(1, request.path("steps").asLong(1)));
            ObjectNode answer = json.createObjectNode();
            answer.put("steps", done.steps());
            answer.put("elapsed_s", done.elapsedNs() * 1e-9);
            if (Double.isFinite(done.loss())) {
                answer.put("loss", done.loss());
            } else {
                answer.putNull("loss");
            }
            return answer;
        } catch (IOException | CoveyException | IllegalArgumentException e) {
            closeWorkload();
            return json.createObjectNode().put("error", String.valueOf(e.getMessage()));
        }
    }

    private Workload workloadFor(String model, int batch) {
        if (workload == null || !model.equals(currentModel) || batch != currentBatch) {
            closeWorkload();
            workload = factory.create(model, batch);
            currentModel = model;
            currentBatch = batch;
        }
        return workload;
    }

    private void closeWorkload() {
        if (workload != null) {
            workload.close();
            workload = null;
        }
    }
}
