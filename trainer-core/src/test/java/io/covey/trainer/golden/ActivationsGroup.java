package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.activations.ElementwiseFunction;
import io.covey.trainer.activations.ExponentialUnits;
import io.covey.trainer.activations.GaussianErrorUnits;
import io.covey.trainer.activations.Rectifiers;
import io.covey.trainer.layers.core.ActivationLayer;
import io.covey.trainer.testing.ModelRun;
import io.covey.trainer.testing.NpyFile;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Cases of the group activations: values and derivatives, of the functions in Java and of the layer in the engine. */
final class ActivationsGroup implements GoldenGroup {
    /**
     * Units in the last place of max(1, |x|, |expected|). Keras computes in float32, through several roundings: squareplus and
     * tanh_shrink form differences of numbers as large as x, and softplus and mish exponentials of it.
     */
    private static final double ULPS = 4;

    /** Where the engine uses oneDNN, which has other values at infinities; the function in Java has Keras'. */
    private static final Set<String> NOT_AT_INFINITY = Set.of("gelu", "mish");

    @Override
    public void verify(GoldenCase golden, Checks checks) {
        String kind = golden.get("kind").asText();
        if (!kind.equals("activation")) {
            throw new IllegalArgumentException("kind " + kind + " is not known to this suite");
        }
        golden.skip("note");
        float[] x = golden.array(golden.get("x")).floats();
        Iterator<Map.Entry<String, JsonNode>> functions =
                golden.get("functions").fields();
        while (functions.hasNext()) {
            Map.Entry<String, JsonNode> function = functions.next();
            JsonNode expected = function.getValue();
            if (expected.has("dy")) {
                elementwise(function.getKey(), golden, expected, x, checks);
            } else {
                onAxis(function.getKey(), golden, expected, checks);
            }
        }
    }

    private static void elementwise(String name, GoldenCase golden, JsonNode expected, float[] x, Checks checks) {
        float[] y = golden.array(expected.get("y")).floats();
        float[] dy = golden.array(expected.get("dy")).floats();
        ElementwiseFunction function = function(name);
        float[] value = new float[x.length];
        float[] derivative = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            value[i] = function.value(x[i]);
            derivative[i] = function.derivative(x[i]);
        }
        close(name + " y", x, y, value, checks);
        close(name + " dy", x, dy, derivative, checks);
        if (Arrays.stream(Activation.values())
                .anyMatch(activation -> activation.kerasName().equals(name))) {
            ActivationLayer layer = new ActivationLayer(Activation.of(name, name));
            float[] ones = new float[x.length];
            Arrays.fill(ones, 1f);
            try (ModelRun run = ModelRun.of(layer, x.length, true, 1)) {
                float[] gradient = run.backward(ones, x);
                float[] output = run.forward(x);
                if (NOT_AT_INFINITY.contains(name)) {
                    for (int i = 0; i < x.length; i++) {
                        output[i] = Float.isInfinite(x[i]) ? y[i] : output[i];
                        gradient[i] = Float.isInfinite(x[i]) ? dy[i] : gradient[i];
                    }
                }
                close(name + " layer y", x, y, output, checks);
                close(name + " layer dy", x, dy, gradient, checks);
            }
        }
    }

    private static ElementwiseFunction function(String name) {
        if (name.startsWith("elu_alpha")) {
            return ExponentialUnits.elu(Double.parseDouble(name.substring("elu_alpha".length())));
        }
        if (name.startsWith("celu_alpha")) {
            return ExponentialUnits.celu(Double.parseDouble(name.substring("celu_alpha".length())));
        }
        if (name.startsWith("leaky_0")) {
            return Rectifiers.leakyRelu(Double.parseDouble(name.substring("leaky_".length())));
        }
        return switch (name) {
            case "relu_args" -> Rectifiers.relu(0.1, 4, 1);
            case "gelu_tanh" -> GaussianErrorUnits.geluByTanh();
            default -> Activation.of(name, name).function();
        };
    }

    private static void onAxis(String name, GoldenCase golden, JsonNode expected, Checks checks) {
        NpyFile x = golden.array(expected.get("x"));
        float[] y = golden.array(expected.get("y")).floats();
        float[] dx = golden.array(expected.get("dx")).floats();
        float[] upstream = golden.array(expected.get("upstream")).floats();
        int rows = x.shape().get(0);
        Integer[] sample = x.shape().subList(1, x.shape().size()).toArray(Integer[]::new);
        ActivationLayer layer = new ActivationLayer(Activation.of(name, name));
        try (ModelRun run = ModelRun.of(layer, rows, true, sample)) {
            float[] gradient = run.backward(upstream, x.floats());
            close(name + " y", y, y, run.forward(x.floats()), checks);
            close(name + " dx", dx, dx, gradient, checks);
        }
    }

    private static void close(String check, float[] x, float[] expected, float[] found, Checks checks) {
        double[] scaledExpected = new double[expected.length];
        double[] scaledFound = new double[expected.length];
        for (int i = 0; i < expected.length; i++) {
            double scale = scale(x[i], expected[i]);
            scaledExpected[i] = expected[i] / scale;
            scaledFound[i] = found[i] / scale;
            if (scaledExpected[i] == scaledFound[i]) {
                scaledFound[i] = scaledExpected[i]; // -0 is 0.
            }
        }
        checks.close(check, scaledExpected, scaledFound, ULPS * Math.ulp(1f));
    }

    private static double scale(float x, float expected) {
        double scale = Math.max(1, Math.max(Math.abs(x), Math.abs(expected)));
        return Double.isFinite(scale) ? scale : 1;
    }
}
