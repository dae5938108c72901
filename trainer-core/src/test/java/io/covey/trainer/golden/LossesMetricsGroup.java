package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Losses, metrics, and what the names in {@code compile} become. */
final class LossesMetricsGroup implements GoldenGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void verify(GoldenCase golden, Checks checks) {
        golden.skip("note", "what");
        if (!golden.has("kind")) {
            verifyNames(golden, checks);
            return;
        }
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "loss" -> LossCase.verify(golden, checks);
            case "metric" -> MetricCase.verify(golden, checks);
            default -> throw new IllegalArgumentException("kind " + kind + " is not known");
        }
    }

    /** Keras' arguments of a class. */
    static Map<String, Object> config(GoldenCase golden) {
        Map<String, Object> config = new TreeMap<>();
        golden.get("config")
                .fields()
                .forEachRemaining(
                        field -> config.put(field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
        return config;
    }

    private static void verifyNames(GoldenCase golden, Checks checks) {
        for (JsonNode row : golden.get("rows")) {
            String name = row.get("string").asText();
            int[] trueShape = shapeOfSample(row.get("y_true_shape"));
            int[] predShape = shapeOfSample(row.get("y_pred_shape"));
            String check = name + " " + row.get("y_true_shape") + " " + row.get("y_pred_shape");
            JsonNode becomes = row.get("becomes");
            checks.equal(
                    check, becomes.isTextual() ? becomes.asText() : "error", className(name, trueShape, predShape));
        }
        golden.get("string_losses")
                .fields()
                .forEachRemaining(field -> checks.equal(
                        field.getKey(),
                        field.getValue().asText(),
                        Losses.of(field.getKey()).kerasName()));
        golden.get("metric_names")
                .fields()
                .forEachRemaining(field -> checks.equal(
                        field.getKey(),
                        MetricCase.withoutCounter(field.getValue().asText()),
                        defaultName(field.getKey())));
    }

    /** The name of an object of the class that {@code keras.metrics.get} finds. */
    private static String defaultName(String name) {
        return Metrics.ofClass(Metrics.of(name).className(), Map.of()).name();
    }

    private static String className(String name, int[] trueShape, int[] predShape) {
        try {
            return Metrics.of(name).resolve(trueShape, predShape).className();
        } catch (CoveyException e) {
            return "error";
        }
    }

    private static int[] shapeOfSample(JsonNode shape) {
        return IntStream.range(1, shape.size()).map(i -> shape.get(i).asInt()).toArray();
    }
}
