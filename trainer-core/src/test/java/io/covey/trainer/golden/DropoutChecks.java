package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.layers.regularization.Dropout;
import io.covey.trainer.layers.regularization.SpatialDropout;
import io.covey.trainer.testing.ModelRun;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Cases of kind dropout: what can be said of random numbers. */
final class DropoutChecks {
    private static final int ROWS = 1000;
    private static final int WIDTH = 1000;
    private static final int SIDE = 10;

    /** Draws behind Keras' numbers: they have five decimals. */
    private static final int KERAS_DRAWS = 100_000;

    /** Standard errors of the difference of Keras' numbers and ours; the draws are fixed. */
    private static final double SIGMAS = 5;

    private DropoutChecks() {}

    static void verify(GoldenCase golden, Checks checks) {
        golden.skip("rule");
        for (JsonNode row : golden.get("rows")) {
            rate(row, checks);
        }
        channels(golden.get("spatial2d"), checks);
        noiseShape(golden.get("noise_shape"), checks);
        float[] x = new float[WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        try (ModelRun run = ModelRun.of(new Dropout(0.5), 1, false, WIDTH)) {
            checks.equal("inference", "identity", golden.get("inference").asText());
            checks.close("inference", x, run.forward(x), 0);
        }
    }

    private static void rate(JsonNode expected, Checks checks) {
        double rate = expected.path("rate").asDouble();
        String check = "rate " + rate;
        float[] x = ones(ROWS * WIDTH);
        try (ModelRun run = ModelRun.of(new Dropout(rate), ROWS, true, WIDTH)) {
            float[] y = run.forward(x);
            TreeSet<Float> distinct = new TreeSet<>();
            double zeros = 0;
            double sum = 0;
            for (float each : y) {
                distinct.add(each);
                zeros += each == 0 ? 1 : 0;
                sum += each;
            }
            TreeSet<Float> values = new TreeSet<>();
            expected.path("distinct_values").forEach(value -> values.add((float) value.asDouble()));
            checks.equal(check + " distinct_values", values, distinct);
            double error = SIGMAS * Math.sqrt(rate * (1 - rate) * (1.0 / y.length + 1.0 / KERAS_DRAWS));
            checks.close(
                    check + " zero_fraction", expected.path("zero_fraction").asDouble(), zeros / y.length, error);
            checks.close(
                    check + " mean",
                    expected.path("mean").asDouble(),
                    sum / y.length,
                    error / (1 - rate) + Math.ulp(1f));
            checks.equal(
                    check + " params",
                    expected.path("params").asLong(),
                    run.model().layout().parameterCount());
            checks.close(check + " gradient", y, run.backward(x, x), 0);
        }
    }

    private static void channels(JsonNode expected, Checks checks) {
        checks.equal("spatial2d", 1, expected.size());
        try (ModelRun run = ModelRun.of(new SpatialDropout(2, 0.5), ROWS, true, SIDE, SIDE, 2)) {
            float[] y = run.forward(ones(ROWS * SIDE * SIDE * 2));
            boolean whole = true;
            for (int i = 0; i < y.length; i++) {
                whole &= y[i] == y[i / (SIDE * SIDE * 2) * SIDE * SIDE * 2 + i % 2];
            }
            checks.equal("whole_channels", expected.path("whole_channels").asBoolean(), whole);
            checks.equal("some channels are dropped", true, new TreeSet<>(List.of(2f, 0f)).equals(distinct(y)));
        }
    }

    private static void noiseShape(JsonNode expected, Checks checks) {
        checks.equal("noise_shape", 1, expected.size());
        Dropout dropout = new Dropout(0.5);
        dropout = dropout.copy(dropout.arguments().with("noise_shape", Arrays.asList(null, 1, WIDTH)));
        try (ModelRun run = ModelRun.of(dropout, 2, true, SIDE, WIDTH)) {
            float[] y = run.forward(ones(2 * SIDE * WIDTH));
            boolean constant = true;
            for (int i = 0; i < y.length; i++) {
                constant &= y[i] == y[i / (SIDE * WIDTH) * SIDE * WIDTH + i % WIDTH];
            }
            checks.equal(
                    "constant_along_axis_1",
                    expected.path("constant_along_axis_1").asBoolean(),
                    constant);
            checks.equal("some numbers are dropped", true, new TreeSet<>(List.of(2f, 0f)).equals(distinct(y)));
        }
    }

    private static Set<Float> distinct(float[] values) {
        TreeSet<Float> distinct = new TreeSet<>();
        for (float value : values) {
            distinct.add(value);
        }
        return distinct;
    }

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1f);
        return ones;
    }
}
