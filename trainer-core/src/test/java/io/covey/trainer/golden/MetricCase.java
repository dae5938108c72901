package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.MetricFunction;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.testing.NpyFile;
import java.util.Map;
import java.util.stream.IntStream;

/** A metric over several updates: the running result after each, and that of no samples. */
final class MetricCase {
    private static final int MAX_ROWS = 1000;
    private static final String EMPTY = "empty tensor";

    private MetricCase() {}

    static void verify(GoldenCase golden, Checks checks) {
        Map<String, Object> config = LossesMetricsGroup.config(golden);
        String className = golden.get("metric").asText();
        Metric metric = Metrics.ofClass(className, config);
        String name = (String) config.remove("name");
        checks.equal(
                "name", withoutCounter(name), Metrics.ofClass(className, config).name());
        for (JsonNode sub : golden.get("sub_cases")) {
            verify(golden, sub, metric, checks);
        }
    }

    private static void verify(GoldenCase golden, JsonNode sub, Metric metric, Checks checks) {
        JsonNode first = sub.get("updates").get(0);
        MetricFunction function = metric.newFunction(
                RecordedArrays.shapeOfSample(golden.array(first.get("y_true"))),
                RecordedArrays.shapeOfSample(golden.array(first.get("y_pred"))),
                MAX_ROWS);
        double[] state = new double[function.stateLength()];
        int number = 0;
        for (JsonNode update : sub.get("updates")) {
            update(golden, update, function, state);
            compare(sub.get("input").asText() + " " + number++, update.get("result_after"), function, state, checks);
        }
        compare(
                sub.get("input").asText() + " reset",
                sub.get("result_after_reset"),
                function,
                new double[function.stateLength()],
                checks);
    }

    private static void update(GoldenCase golden, JsonNode update, MetricFunction function, double[] state) {
        NpyFile yPred = golden.array(update.get("y_pred"));
        int rows = yPred.shape().get(0);
        float[] weights = null;
        if (!update.get("sample_weight").isNull()) {
            NpyFile given = golden.array(update.get("sample_weight"));
            weights = new float[rows * function.layout().positionsPerRow()];
            function.layout().spread(RecordedArrays.floats(given), given.elements(), rows, weights);
        }
        float[] yTrue = RecordedArrays.floats(golden.array(update.get("y_true")));
        function.update(yTrue, RecordedArrays.floats(yPred), rows, weights, state, 0);
    }

    private static void compare(
            String check, JsonNode expected, MetricFunction function, double[] state, Checks checks) {
        if (expected.has("ok")) {
            // TensorFlow cannot reduce_max an empty tensor; here no samples are no error, and leave the sums as they
            // are.
            boolean noSamples = IntStream.range(0, state.length).allMatch(i -> state[i] == 0);
            checks.equal(check, true, expected.get("error").asText().contains(EMPTY) && noSamples);
            return;
        }
        double[] values = expected.isArray()
                ? IntStream.range(0, expected.size())
                        .mapToDouble(i -> GoldenCase.number(expected.get(i)))
                        .toArray()
                : new double[] {GoldenCase.number(expected)};
        checks.close(check, values, function.result(state, 0), Ulps.of(1, values));
    }

    /** Keras numbers the objects of a class in a session: {@code auc}, {@code auc_1}, ...: the recording session's count. */
    static String withoutCounter(String name) {
        return name.replaceFirst("_\\d+$", "");
    }
}
