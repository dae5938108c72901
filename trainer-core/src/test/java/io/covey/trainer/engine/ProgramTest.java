package io.covey.trainer.engine;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ProgramTest {
    private static final long SEED = 20260101;

    private final MetricState metrics = MetricState.zero(4);

    @BeforeEach
    void useOneThread() {
        NativeLibraries.setThreadsOfThisThread(1);
    }

    @Test
    void shouldMatchNumericGradientsOfFloat64WhenLayersAreMixed() {
        Dense withoutBias = new Dense(5, Activation.LINEAR).useBias(false);
        Model model = Model.sequential(
                "mixed",
                List.of(2, 3),
                List.<Layer>of(
                        new Flatten(),
                        new Dense(7, Activation.RELU),
                        new Dense(6, Activation.SOFTMAX),
                        withoutBias,
                        new Dense(4, Activation.SOFTMAX)));
        int rows = 5;
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = new float[rows * 6];
        double[][] x64 = new double[rows][6];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.nextInt(4);
            for (int i = 0; i < 6; i++) {
                x64[row][i] = x[row * 6 + i] = (float) random.nextDouble(-2, 2);
            }
        }
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, rows, ProgramOptions.TRAINING)) {
            for (int row = 0; row < rows; row++) {
                Programs.put(program, model, row, x, row * 6, labels[row]);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);

            DoubleMlp reference = new DoubleMlp(model);
            double[] p = new double[(int) parameters.length()];
            for (int i = 0; i < p.length; i++) {
                p[i] = parameters.buffer().get(i);
            }
            assertEquals(reference.lossSum(p, x64, labels), metrics.get(StateLayout.LOSS), 1e-5);
            double h = 1e-6;
            for (ParameterSpec spec : model.layout().parameters()) {
                for (int i = (int) spec.offset(); i < spec.offset() + spec.size(); i++) {
                    double value = p[i];
                    p[i] = value + h;
                    double above = reference.lossSum(p, x64, labels);
                    p[i] = value - h;
                    double below = reference.lossSum(p, x64, labels);
                    p[i] = value;
                    double numeric = (above - below) / (2 * h);
                    assertEquals(
                            numeric,
                            gradient.buffer().get(i),
                            2e-6 * Math.max(1, Math.abs(numeric)),
                            spec.path() + " element " + (i - spec.offset()) + ", seed " + SEED);
                }
            }
        }
    }

    @Test
    void shouldGiveExactLossWhenLogitsAreHuge() {
        Model model = Models.mlp(List.of(1), 3);
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length());
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, 2, ProgramOptions.TRAINING)) {
            parameters.put(0, new float[] {4000f, -3000f, 0f});
            Programs.put(program, model, 0, new float[] {1f}, 0, 1);
            Programs.put(program, model, 1, new float[] {1f}, 0, 0);
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            assertEquals(7000.0, metrics.get(StateLayout.LOSS));
            assertEquals(1, metrics.get(StateLayout.LOSS + 1));
            assertArrayEquals(new float[] {1f, -1f, 0f}, gradient.get(0, 3));
        }
    }

    @Test
    void shouldPredictFirstClassWhenOutputsAreEqual() {
        Model model = Models.mlp(List.of(4), 5);
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.UINT8, 1f, 3, ProgramOptions.INFERENCE)) {
            byte[] row = {1, 2, 3, 4};
            Programs.put(program, model, 0, row, 0, 0);
            Programs.put(program, model, 1, row, 0, 1);
            Programs.put(program, model, 2, row, 0, 0);
            program.forward(parameters.address(), metrics);
            assertEquals(2, metrics.get(StateLayout.LOSS + 1));
            assertEquals(3 * Math.log(5), metrics.get(StateLayout.LOSS), 1e-6);
        }
    }

    @Test
    void shouldGiveNanLossWhenLogitsAreNan() {
        Model model = Models.mlp(List.of(4), 5);
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.UINT8, 1f, 1, ProgramOptions.INFERENCE)) {
            parameters.put(0, new float[] {Float.NaN});
            Programs.put(program, model, 0, new byte[] {1, 2, 3, 4}, 0, 3);
            program.forward(parameters.address(), metrics);
            assertTrue(Double.isNaN(metrics.get(StateLayout.LOSS)), metrics.toString());
        }
    }

    @Test
    void shouldGiveSameBitsForBytesAndFloats() {
        Model model = Models.mlp(List.of(17), 9, 3);
        int rows = 4;
        float scale = 1 / 255f;
        byte[] bytes = new byte[rows * 17];
        new SplittableRandom(SEED).nextBytes(bytes);
        float[] floats = new float[bytes.length];
        float[] scaled = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            floats[i] = Byte.toUnsignedInt(bytes[i]);
            scaled[i] = floats[i] * scale;
        }
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                Program fromBytes = Programs.compile(model, InputFormat.UINT8, scale, rows, ProgramOptions.TRAINING);
                Program fromFloats =
                        Programs.compile(model, InputFormat.FLOAT32, scale, rows, ProgramOptions.TRAINING);
                Program fromScaled = Programs.compile(model, InputFormat.FLOAT32, 1f, rows, ProgramOptions.TRAINING)) {
            for (int row = 0; row < rows; row++) {
                Programs.put(fromBytes, model, row, bytes, row * 17, row % 3);
                Programs.put(fromFloats, model, row, floats, row * 17, row % 3);
                Programs.put(fromScaled, model, row, scaled, row * 17, row % 3);
            }
            float[] expected = gradient(fromScaled, model, parameters);
            assertArrayEquals(expected, gradient(fromBytes, model, parameters));
            assertArrayEquals(expected, gradient(fromFloats, model, parameters));
        }
    }

    private float[] gradient(Program program, Model model, NativeFloats parameters) {
        try (NativeFloats gradient = NativeFloats.allocate(model.layout().length())) {
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            return gradient.get(0, (int) gradient.length());
        }
    }

    /** Few rows take the fused path, very many the other. */
    @ParameterizedTest
    @CsvSource({"1,45,33", "8,45,33", "37,45,33", "300,45,33", "3000,45,33", "40,512,70"})
    void shouldAccumulateWithTheBitsOfASumAddedAfterwards(int rows, int inputs, int units) {
        Model model = Models.mlp(List.of(inputs), units, 10);
        int length = (int) model.layout().length();
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] data = new byte[rows * inputs];
        random.nextBytes(data);
        float[] sums = new float[length];
        for (ParameterSpec spec : model.layout().parameters()) {
            for (int i = 0; i < spec.size(); i++) {
                sums[(int) spec.offset() + i] = (float) random.nextDouble(-1, 1);
            }
        }
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats accumulated = NativeFloats.allocate(length);
                Program program = Programs.compile(model, InputFormat.UINT8, 1 / 255f, rows, ProgramOptions.TRAINING)) {
            for (int row = 0; row < rows; row++) {
                Programs.put(program, model, row, data, row * inputs, random.nextInt(10));
            }
            float[] expected = gradient(program, model, parameters);
            for (int i = 0; i < length; i++) {
                expected[i] = sums[i] + expected[i];
            }
            accumulated.put(0, sums);
            program.forwardBackward(parameters.address(), accumulated.address(), true, metrics);
            assertArrayEquals(expected, accumulated.get(0, length));
        }
    }

    @Test
    void shouldFollowVectorsWhenAddressesChange() {
        Model model = Models.mlp(List.of(6), 4, 3);
        try (NativeFloats first = Models.initialValues(model, 1);
                NativeFloats second = Models.initialValues(model, 2);
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, 1, ProgramOptions.TRAINING)) {
            Programs.put(program, model, 0, new float[] {1, 2, 3, 4, 5, 6}, 0, 2);
            float[] ofFirst = gradient(program, model, first);
            float[] ofSecond = gradient(program, model, second);
            assertTrue(!Arrays.equals(ofFirst, ofSecond));
            assertArrayEquals(ofFirst, gradient(program, model, first));
        }
    }

    @Test
    void shouldAllocateNothingOnTheHeapWhenRunning() {
        Model model = Models.mlp(List.of(28, 28), 30, 10);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SampleBlock block = new SampleBlock(784, new byte[4 * 784], new int[] {0, 1, 2, 3});
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats a = NativeFloats.allocate(model.layout().length());
                NativeFloats b = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.UINT8, 1 / 255f, 4, ProgramOptions.TRAINING)) {
            long least = Long.MAX_VALUE;
            for (int window = 0; window < 10; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int step = 0; step < 200; step++) {
                    for (int i = 0; i < 4; i++) {
                        program.put(i, block, i);
                    }
                    program.forwardBackward(
                            parameters.address(), (step % 2 == 0 ? a : b).address(), step % 3 == 0, metrics);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            // What the virtual machine allocates in a thread now and then misses some window; what a step allocates
            // does not.
            assertEquals(0, least);
        }
    }
}
