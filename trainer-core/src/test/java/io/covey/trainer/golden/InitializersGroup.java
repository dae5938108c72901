package io.covey.trainer.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.testing.NpyFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Cases of the group initializers: distributions of many draws, matrices by their rule, defaults of layers by name. */
final class InitializersGroup implements GoldenGroup {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 20_240;

    /** Standard errors that a statistic may be off; the draws are fixed, so this is decided once and for all. */
    private static final double SIGMAS = 5;

    /** Rounding of the elements of an orthogonal matrix, over sums of a few of them. */
    private static final double GRAM_TOLERANCE = 1e-6;

    @Override
    public void verify(GoldenCase golden, Checks checks) {
        if (golden.has("strings")) {
            new LayerDefaultsChecks(golden, checks).run();
            return;
        }
        String name = golden.get("initializer").asText();
        if (golden.has("arrays")) {
            arrays(name, golden, checks);
            return;
        }
        golden.skip("kind");
        if (golden.has("gram")) {
            gram(name, golden, checks);
            return;
        }
        distribution(name, golden, checks);
    }

    private static void arrays(String name, GoldenCase golden, Checks checks) {
        Iterator<Map.Entry<String, JsonNode>> arrays = golden.get("arrays").fields();
        while (arrays.hasNext()) {
            Map.Entry<String, JsonNode> each = arrays.next();
            NpyFile array = golden.array(each.getValue());
            // The gain is recorded in the arrays only.
            Initializer initializer =
                    Initializers.of("initializer", Map.of(name, Map.of("gain", (double) array.floats()[0])));
            checks.close(each.getKey(), array.floats(), draw(initializer, array.shape(), 0), 0);
        }
    }

    private static void gram(String name, GoldenCase golden, Checks checks) {
        golden.skip("rule");
        double gain = golden.get("gain").asDouble();
        List<Integer> shape = ints(golden.get("shape"));
        JsonNode expected = golden.get("gram");
        double[] values = new double[expected.size() * expected.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    expected.get(i / expected.size()).get(i % expected.size()).asDouble();
        }
        Initializer initializer = Initializers.of("initializer", Map.of(name, Map.of("gain", gain)));
        float[] sample = golden.array(golden.get("sample")).floats();
        double tolerance = GRAM_TOLERANCE * Math.max(1, gain * gain);
        checks.close("gram of Keras' sample", values, gram(sample, shape), tolerance);
        checks.close("gram", values, gram(draw(initializer, shape, 0), shape), tolerance);
    }

    private static double[] gram(float[] matrix, List<Integer> shape) {
        int columns = shape.get(shape.size() - 1);
        int rows = matrix.length / columns;
        int size = Math.min(rows, columns);
        double[] gram = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                for (int k = 0; k < Math.max(rows, columns); k++) {
                    gram[i * size + j] += rows >= columns
                            ? (double) matrix[k * columns + i] * matrix[k * columns + j]
                            : (double) matrix[i * columns + k] * matrix[j * columns + k];
                }
            }
        }
        return gram;
    }

    private static void distribution(String name, GoldenCase golden, Checks checks) {
        JsonNode theory = golden.get("theory");
        JsonNode observed = golden.get("observed");
        Map<String, Object> config = golden.has("config")
                ? JSON.convertValue(golden.get("config"), new TypeReference<Map<String, Object>>() {})
                : Map.of();
        String plain = name.startsWith("variance_scaling") ? "variance_scaling" : name;
        Initializer initializer = Initializers.of("initializer", Map.of(plain, config));
        List<Integer> shape = ints(golden.get("shape"));
        float[] values = draws(initializer, shape, observed.path("samples").asInt());
        Arrays.sort(values);
        double mean = mean(values);
        double std = Math.sqrt(moment(values, mean, 2));
        double expectedStd = observed.path("std").asDouble();
        if (expectedStd == 0) {
            double expected = observed.path("mean").asDouble();
            checks.close("least", expected, values[0], 0);
            checks.close("most", expected, values[values.length - 1], 0);
            return;
        }
        double kurtosis = moment(values, mean, 4) / (std * std * std * std);
        // Standard errors of the difference of two estimates, Keras' and ours.
        double error =
                Math.sqrt(1.0 / values.length + 1.0 / observed.path("samples").asDouble());
        checks.close("mean", observed.path("mean").asDouble(), mean, SIGMAS * error * expectedStd);
        double stdError = expectedStd * Math.sqrt((observed.path("kurtosis").asDouble() - 1) / 4);
        checks.close("std", expectedStd, std, SIGMAS * error * stdError);
        checks.close(
                "variance",
                observed.path("variance").asDouble(),
                std * std,
                SIGMAS * error * 2 * stdError * expectedStd);
        checks.close("kurtosis", observed.path("kurtosis").asDouble(), kurtosis, SIGMAS * error * Math.sqrt(24));
        if (theory.has("target_std")) {
            checks.close("target_std", theory.path("target_std").asDouble(), std, SIGMAS * error * stdError);
        }
        Iterator<Map.Entry<String, JsonNode>> quantiles =
                observed.path("quantiles").fields();
        while (quantiles.hasNext()) {
            Map.Entry<String, JsonNode> quantile = quantiles.next();
            double q = Double.parseDouble(quantile.getKey());
            checks.close(
                    "part below quantile " + q,
                    q,
                    partBelow(values, quantile.getValue().asDouble()),
                    SIGMAS * error * Math.sqrt(q * (1 - q)));
        }
        // The chance that none of n draws passes the least of n others is 1/2; 20 passing it has 2^-20.
        double few = 20.0 / values.length;
        checks.close(
                "part below the least",
                0,
                partBelow(values, observed.path("min").asDouble()),
                few);
        checks.close(
                "part above the most", 1, partBelow(values, observed.path("max").asDouble()), few);
        for (String limit : List.of("limit", "truncated_at")) {
            if (theory.path(limit).isNumber()) {
                double bound = theory.path(limit).asDouble() * (1 + Math.ulp(1f));
                checks.equal("within " + limit, true, values[0] >= -bound && values[values.length - 1] <= bound);
            }
        }
    }

    private static float[] draws(Initializer initializer, List<Integer> shape, int samples) {
        float[] values = new float[samples];
        int done = 0;
        for (int draw = 0; done < samples; draw++) {
            float[] each = draw(initializer, shape, draw);
            int n = Math.min(each.length, samples - done);
            System.arraycopy(each, 0, values, done, n);
            done += n;
        }
        return values;
    }

    private static float[] draw(Initializer initializer, List<Integer> shape, int draw) {
        float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
        initializer.fill(shape, CounterRandom.of(SEED, draw), 0, values, 0, values.length);
        return values;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double moment(float[] values, double mean, int power) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value - mean, power);
        }
        return sum / values.length;
    }

    private static double partBelow(float[] sorted, double bound) {
        int below = 0;
        while (below < sorted.length && sorted[below] <= bound) {
            below++;
        }
        return below / (double) sorted.length;
    }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> values = new ArrayList<>();
        list.forEach(value -> values.add(value.asInt()));
        return values;
    }
}
