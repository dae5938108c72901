package io.covey.trainer.engine.rnn;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Masking;
import io.covey.trainer.layers.rnn.Bidirectional;
import io.covey.trainer.layers.rnn.LSTM;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.layers.rnn.SimpleRNN;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.LayerProbe;
import io.covey.trainer.testing.ModelRun;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(120)
class RecurrentLayersTest {
    private static final long SEED = 20260401;
    /** Some tens of float32 roundings follow one another in the longest of the sequences. */
    private static final double TOLERANCE = 2e-6;

    @ParameterizedTest
    @ValueSource(strings = {"SimpleRNN", "LSTM", "GRU"})
    void shouldMatchFloat64WhenArgumentsAreRandom(String className) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int turn = 0; turn < 12; turn++) {
            Map<String, Object> arguments = randomArguments(className, random);
            RecurrentLayer layer = (RecurrentLayer) LayerTypes.create(className, arguments);
            int rows = 1 + random.nextInt(4);
            int steps = 1 + random.nextInt(6);
            int features = 1 + random.nextInt(5);
            long seed = random.nextLong();
            new LayerProbe(List.of(steps, features), rows, true, seed, TOLERANCE, layer)
                    .check((input, weights) ->
                            new DoubleRnn(layer, rows, steps, features, weights).outputs(input, false));
        }
    }

    private static Map<String, Object> randomArguments(String className, SplittableRandom random) {
        List<String> activations = List.of("tanh", "tanh", "softsign", "silu", "linear");
        Map<String, Object> arguments = new HashMap<>(Map.of(
                "units", 1 + random.nextInt(6),
                "activation", activations.get(random.nextInt(activations.size())),
                "use_bias", random.nextInt(4) > 0,
                "return_sequences", random.nextBoolean(),
                "go_backwards", random.nextBoolean()));
        if (!className.equals("SimpleRNN")) {
            arguments.put("recurrent_activation", random.nextBoolean() ? "sigmoid" : "softsign");
        }
        if (className.equals("GRU")) {
            arguments.put("reset_after", random.nextBoolean());
        }
        return arguments;
    }

    @ParameterizedTest
    @ValueSource(strings = {"SimpleRNN", "LSTM", "GRU"})
    void shouldLeaveOutMaskedSteps(String className) {
        int rows = 3;
        int steps = 6;
        SplittableRandom random = new SplittableRandom(SEED);
        for (int turn = 0; turn < 8; turn++) {
            Map<String, Object> arguments = randomArguments(className, random);
            arguments.put("zero_output_for_mask", random.nextBoolean());
            RecurrentLayer layer = (RecurrentLayer) LayerTypes.create(className, arguments);
            double[] input = new double[rows * steps];
            for (int i = 0; i < input.length; i++) {
                input[i] = random.nextInt(2) * (0.5 + random.nextInt(4));
            }
            Model model = Model.sequential("masked", List.of(steps, 1), List.of(new Masking(0), layer));
            try (ModelRun run = new ModelRun(model, rows, true)) {
                DoubleRnn reference = new DoubleRnn(layer, rows, steps, 1, weights(run));
                double[] expected = reference.outputs(input, true);
                float[] actual = run.forward(floats(input));
                assertArrayEquals(floats(expected), actual, (float) TOLERANCE, layer + ", seed " + SEED);
                float[] factors = floats(random.doubles(expected.length, -1, 1).toArray());
                float[] gradient = run.backward(factors, floats(input));
                for (int i = 0; i < input.length; i++) {
                    double numeric = input[i] == 0 ? 0 : derivative(reference, input, i, factors);
                    assertEquals(numeric, gradient[i], 10 * TOLERANCE, layer + " input " + i + ", seed " + SEED);
                }
            }
        }
    }

    private static double derivative(DoubleRnn reference, double[] input, int index, float[] factors) {
        double step = 1e-6;
        double value = input[index];
        double difference = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
            input[index] = value + sign * step;
            double[] outputs = reference.outputs(input, true);
            for (int i = 0; i < outputs.length; i++) {
                difference += sign * outputs[i] * factors[i];
            }
        }
        input[index] = value;
        return difference / (2 * step);
    }

    private static List<double[]> weights(ModelRun run) {
        return run.model().layout().parameters().stream()
                .map(spec -> {
                    float[] values = run.parameters().get(spec.offset(), (int) spec.size());
                    double[] doubles = new double[values.length];
                    for (int i = 0; i < values.length; i++) {
                        doubles[i] = values[i];
                    }
                    return doubles;
                })
                .toList();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SimpleRNN",
                "LSTM",
                "GRU",
                "GRU reset before",
            })
    void shouldGiveGradientOfTheDrawnMaskWhenDropoutDrops(String what) {
        Map<String, Object> arguments =
                new HashMap<>(Map.of("units", 5, "dropout", 0.4, "recurrent_dropout", 0.3, "return_sequences", true));
        if (what.endsWith("before")) {
            arguments.put("reset_after", false);
        }
        Layer layer = LayerTypes.create(what.split(" ", 2)[0], arguments);
        int rows = 4;
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = floats(random.doubles((long) rows * 7 * 3, -1, 1).toArray());
        float[] factors = floats(random.doubles((long) rows * 7 * 5, -1, 1).toArray());
        try (ModelRun run = ModelRun.of(layer, rows, true, 7, 3)) {
            run.program().seed(1, 2, 3);
            float[] first = run.forward(x);
            assertArrayEquals(first, run.forward(x), "one key, one mask");
            run.backward(factors, x);
            int length = (int) run.parameters().length();
            float[] gradient = run.gradient().get(0, length);
            float[] start = run.parameters().get(0, length);
            double[] direction = random.doubles(length, -1, 1).toArray();
            double expected = 0;
            for (int i = 0; i < length; i++) {
                expected += gradient[i] * direction[i];
            }
            double step = 1e-2;
            double difference = 0;
            for (int sign = -1; sign <= 1; sign += 2) {
                float[] moved = new float[length];
                for (int i = 0; i < length; i++) {
                    moved[i] = (float) (start[i] + sign * step * direction[i]);
                }
                run.parameters().put(0, moved);
                float[] outputs = run.forward(x);
                for (int i = 0; i < outputs.length; i++) {
                    difference += sign * outputs[i] * (double) factors[i];
                }
            }
            // The third derivative's share, step^2 / 6 times it, bounds what central differences can tell.
            assertEquals(
                    expected, difference / (2 * step), 5e-3 * Math.max(1, Math.abs(expected)), what + ", seed " + SEED);
            run.parameters().put(0, start);
            run.program().seed(1, 3, 3);
            assertFalse(Arrays.equals(first, run.forward(x)), "another step, another mask");
        }
        try (ModelRun run = ModelRun.of(layer, rows, false, 7, 3)) {
            run.program().seed(1, 2, 3);
            float[] first = run.forward(x);
            run.program().seed(1, 3, 3);
            assertArrayEquals(first, run.forward(x), "nothing is dropped outside training");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SimpleRNN", "LSTM", "GRU"})
    void shouldAddFinishedGradientsWhenAccumulating(String className) {
        Layer layer = LayerTypes.create(
                className, Map.of("units", 9, "recurrent_dropout", className.equals("LSTM") ? 0.2 : 0.0));
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = floats(random.doubles(3L * 8 * 4, -1, 1).toArray());
        try (ModelRun run = ModelRun.of(new Bidirectional((RecurrentLayer) layer), 3, true, 8, 4);
                NativeFloats sum = NativeFloats.allocate(run.model().layout().length())) {
            run.backward(floats(random.doubles(3L * 18, -1, 1).toArray()), x);
            int length = (int) run.gradient().length();
            float[] once = run.gradient().get(0, length);
            float[] before = floats(random.doubles(length, -1, 1).toArray());
            sum.put(0, before);
            run.program().forwardBackward(run.parameters().address(), sum.address(), true, MetricState.zero(2));
            run.model().layout().parameters().forEach(spec -> {
                for (int i = (int) spec.offset(); i < spec.offset() + spec.size(); i++) {
                    assertEquals(before[i] + once[i], sum.buffer().get(i), spec.path());
                }
            });
        }
    }

    @Test
    void shouldAllocateNothingPerStep() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MetricState metrics = MetricState.zero(2);
        Model model = Model.sequential(
                "steps",
                List.of(6, 4),
                List.of(
                        new Masking(0),
                        new Bidirectional((RecurrentLayer)
                                LayerTypes.create("GRU", Map.of("units", 5, "return_sequences", true, "dropout", 0.2))),
                        LayerTypes.create("LSTM", Map.of("units", 5, "return_sequences", true)),
                        new SimpleRNN(3)));
        try (ModelRun run = new ModelRun(model, 4, true)) {
            long least = Long.MAX_VALUE;
            for (int window = 0; window < 20 && least > 0; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20; i++) {
                    run.program()
                            .forwardBackward(
                                    run.parameters().address(), run.gradient().address(), false, metrics);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least);
        }
    }

    @Test
    void shouldGiveForgetGateOnesWhenUnitForgetBias() {
        Model model = Model.sequential("lstm", List.of(2, 3), List.of(new LSTM(4)));
        float[] values = new float[(int) model.layout().length()];
        model.initialValues(SEED, 0, values);
        int bias = (int) model.layout().parameters().get(2).offset();
        for (int i = 0; i < 16; i++) {
            assertEquals(i >= 4 && i < 8 ? 1f : 0f, values[bias + i]);
        }
    }

    @Test
    void shouldRefuseWhatItCannotDo() {
        assertRefused("glu", () -> LayerTypes.create("GRU", Map.of("units", 3, "activation", "glu")));
        assertRefused(
                "must be a recurrent layer",
                () -> LayerTypes.create(
                        "Bidirectional", Map.of("layer", LayerTypes.create("Dense", Map.of("units", 3)))));
        assertRefused(
                "go_backwards",
                () -> LayerTypes.create("Bidirectional", Map.of("layer", new LSTM(3), "backward_layer", new LSTM(3))));
        assertRefused("(time, features)", () -> Model.sequential("m", List.of(3), List.of(new LSTM(3))));
    }

    private static void assertRefused(String word, Runnable call) {
        CoveyException e = assertThrows(CoveyException.class, call::run);
        assertTrue(e.getMessage().contains(word), e.getMessage());
    }
}
