package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.metrics.Metrics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Losses, metrics, and what the names in {@code compile} become. */
final class LossesMetricsGroup implements GoldenGroup {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ERROR = "error";

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
            checks.equal(check, textOrError(row.get("becomes")), orError(() -> Metrics.of(name)
                    .resolve(trueShape, predShape)
                    .className()));
        }
        golden.get("string_losses")
                .fields()
                .forEachRemaining(field -> checks.equal(
                        field.getKey(), textOrError(field.getValue()), orError(() -> Losses.of(field.getKey())
                                .kerasName())));
        golden.get("metric_names")
                .fields()
                .forEachRemaining(field -> checks.equal(
                        field.getKey(),
                        MetricCase.withoutCounter(textOrError(field.getValue())),
                        orError(() -> defaultName(field.getKey()))));
    }

    /** The name of an object of the class that {@code keras.metrics.get} finds. */
    private static String defaultName(String name) {
        return Metrics.ofClass(Metrics.of(name).className(), Map.of()).name();
    }

    private static String textOrError(JsonNode recorded) {
        return recorded.isTextual() ? recorded.asText() : ERROR;
    }

    private static String orError(Supplier<String> name) {
        try {
            return name.get();
        } catch (CoveyException e) {
            return ERROR;
        }
    }

    private static int[] shapeOfSample(JsonNode shape) {
        return IntStream.range(1, shape.size()).map(i -> shape.get(i).asInt()).toArray();
    }
}
