package io.covey.trainer.engine;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.gradients.Projection;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.LSTM;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.Models;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(120)
class BackwardOrderTest {
    private static final long SEED = 11;
    private static final int ROWS = 3;

    static Stream<Model> models() {
        Dense twice = new Dense(6, Activation.RELU);
        return Stream.of(
                model(
                        List.of(5),
                        new Dense(7, Activation.RELU),
                        new Dense(6, Activation.LINEAR),
                        new Dense(4, Activation.SOFTMAX)),
                model(
                        List.of(6, 6, 2),
                        new Conv2D(3, 3, Activation.RELU),
                        new BatchNormalization(),
                        new Flatten(),
                        new Dense(4, Activation.LINEAR)),
                model(List.of(4, 3), new LSTM(5), new Dense(6, Activation.LINEAR), new Dense(2, Activation.LINEAR)),
                model(List.of(4, 3), new GRU(5), new Dense(6, Activation.LINEAR)),
                model(
                        List.of(6),
                        new Dense(6, Activation.LINEAR),
                        twice,
                        new Dense(6, Activation.LINEAR),
                        twice,
                        new Dense(3, Activation.LINEAR)));
    }

    private static Model model(List<Integer> shape, Layer... layers) {
        return Model.sequential("model", shape, List.of(layers));
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldNeitherReadParametersNorWriteGradientsOfWhatIsDone(Model model) {
        int length = Math.toIntExact(model.layout().length());
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(length);
                Program program = program(model)) {
            run(program, model, parameters, gradient, BackwardListener.NONE);
            float[] expected = gradient.get(0, length);
            List<float[]> parts = new ArrayList<>();
            run(program, model, parameters, gradient, from -> {
                int floats = Math.toIntExact(length - from);
                parts.add(gradient.get(from, floats));
                float[] overwritten = new float[floats];
                Arrays.fill(overwritten, Float.NaN);
                parameters.put(from, overwritten);
            });
            assertArrayEquals(expected, gradient.get(0, length), "seed " + SEED);
            for (float[] part : parts) {
                float[] end = Arrays.copyOfRange(expected, length - part.length, length);
                assertArrayEquals(end, part, part.length + " floats at the end, seed " + SEED);
            }
        }
    }

    @Test
    void shouldSayThatALayerIsDoneBeforeThoseBelowAre() {
        Model model = model(
                List.of(5),
                new Dense(7, Activation.LINEAR),
                new Dense(6, Activation.LINEAR),
                new Dense(4, Activation.LINEAR));
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = program(model)) {
            List<Long> done = new ArrayList<>();
            run(program, model, parameters, gradient, done::add);
            long first = end(model, 1);
            long second = end(model, 3);
            assertTrue(done.containsAll(List.of(first, second)), done + " has no " + first + " or " + second);
            assertEquals(done.stream().sorted((a, b) -> Long.compare(b, a)).toList(), done);
        }
    }

    private static long end(Model model, int parameter) {
        ParameterSpec spec = model.layout().parameters().get(parameter);
        return spec.offset() + spec.size();
    }

    private static Program program(Model model) {
        NativeLibraries.setThreadsOfThisThread(1);
        return Program.compile(
                model,
                new Projection(SEED),
                List.of(InputFormat.FLOAT32),
                1f,
                ROWS,
                new ProgramOptions(true, true, false, false));
    }

    private static void run(
            Program program, Model model, NativeFloats parameters, NativeFloats gradient, BackwardListener listener) {
        SplittableRandom random = new SplittableRandom(SEED);
        int width = model.inputs().get(0).shape().stream().reduce(1, (a, b) -> a * b);
        float[] values = new float[ROWS * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        SampleBlock block = new SampleBlock(ROWS, List.of(new Column.Floats(width, values)), List.of(), null);
        for (int row = 0; row < ROWS; row++) {
            program.put(row, block, row);
        }
        program.seed(SEED, 1, 2);
        program.forwardBackward(
                parameters.address(), gradient.address(), false, MetricState.zero(Projection.STATE_LENGTH), listener);
    }
}
