package io.covey.trainer.engine.pooling;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.model.Model;
import io.covey.trainer.testing.LayerProbe;
import io.covey.trainer.testing.ModelRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Pooling on random shapes and arguments against the definition in float64. */
@Timeout(60)
class PoolingTest {
    private static final int CASES = 20;
    /** Means of at most some hundred numbers of size 1. */
    private static final double TOLERANCE = 1e-6;

    /** Pooling over three axes; a plain axis has one cell. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Grid(int rows, int channels, int[] in, int[] out, int[] size, int[] strides, int[] before) {
        double[] pool(double[] x, boolean max) {
            double[] y = new double[rows * cells(out) * channels];
            for (int i = 0; i < y.length; i++) {
                int channel = i % channels;
                int position = i / channels % cells(out);
                int row = i / channels / cells(out);
                double sum = 0;
                double largest = Double.NEGATIVE_INFINITY;
                int count = 0;
                for (int cell = 0; cell < cells(size); cell++) {
                    int place = 0;
                    boolean inside = true;
                    for (int axis = 0; axis < 3; axis++) {
                        int at = at(position, out, axis) * strides[axis] + at(cell, size, axis) - before[axis];
                        inside &= at >= 0 && at < in[axis];
                        place = place * in[axis] + at;
                    }
                    if (inside) {
                        double value = x[(row * cells(in) + place) * channels + channel];
                        sum += value;
                        largest = Math.max(largest, value);
                        count++;
                    }
                }
                y[i] = max ? largest : sum / count;
            }
            return y;
        }

        private static int cells(int[] sizes) {
            return sizes[0] * sizes[1] * sizes[2];
        }

        private static int at(int place, int[] sizes, int axis) {
            int inner = 1;
            for (int a = axis + 1; a < 3; a++) {
                inner *= sizes[a];
            }
            return place / inner % sizes[axis];
        }
    }

    @ParameterizedTest
    @CsvSource({"Max,1", "Max,2", "Max,3", "Average,1", "Average,2", "Average,3"})
    void shouldMatchDefinitionWhenWindowMoves(String kind, int rank) {
        for (long seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int rows = 1 + random.nextInt(3);
            int channels = random.nextInt(4) == 0 ? 16 : 1 + random.nextInt(5);
            boolean same = random.nextBoolean();
            int[][] drawn = new int[5][];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = new int[] {1, 1, 1};
            }
            int[] in = drawn[0];
            int[] out = drawn[1];
            int[] size = drawn[2];
            int[] strides = drawn[3];
            int[] before = new int[3];
            for (int axis = 3 - rank; axis < 3; axis++) {
                size[axis] = 1 + random.nextInt(3);
                strides[axis] = 1 + random.nextInt(3);
                in[axis] = size[axis] + random.nextInt(5);
                out[axis] = same
                        ? (in[axis] + strides[axis] - 1) / strides[axis]
                        : (in[axis] - size[axis]) / strides[axis] + 1;
                before[axis] = same ? Math.max((out[axis] - 1) * strides[axis] + size[axis] - in[axis], 0) / 2 : 0;
            }
            Grid grid = new Grid(rows, channels, in, out, size, strides, before);
            new LayerProbe(
                            shape(in, rank, channels),
                            rows,
                            true,
                            seed,
                            TOLERANCE,
                            LayerTypes.create(
                                    kind + "Pooling" + rank + "D",
                                    Map.of(
                                            "pool_size", shape(size, rank),
                                            "strides", shape(strides, rank),
                                            "padding", same ? "SAME" : "valid")))
                    .check((x, weights) -> grid.pool(x, kind.equals("Max")));
        }
    }

    @ParameterizedTest
    @CsvSource({"Max,1", "Max,2", "Max,3", "Average,1", "Average,2", "Average,3"})
    void shouldMatchDefinitionWhenGlobal(String kind, int rank) {
        for (long seed = 0; seed < CASES / 2; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] in = {1, 1, 1};
            for (int axis = 3 - rank; axis < 3; axis++) {
                in[axis] = 1 + random.nextInt(5);
            }
            int[] ones = {1, 1, 1};
            Grid grid = new Grid(2, 3, in, ones, in, ones, new int[3]);
            new LayerProbe(
                            shape(in, rank, 3),
                            2,
                            true,
                            seed,
                            TOLERANCE,
                            LayerTypes.create(
                                    "Global" + kind + "Pooling" + rank + "D", Map.of("keepdims", random.nextBoolean())))
                    .check((x, weights) -> grid.pool(x, kind.equals("Max")));
        }
    }

    /** The reference has the relu as a layer of its own, which keeps its backward. Windows overlap, so that gradients add up. */
    @ParameterizedTest
    @CsvSource({"2,2,valid", "3,2,valid", "3,1,same", "2,3,same"})
    void shouldHaveTheSameBitsWhenItTakesOverARelu(int size, int strides, String padding) {
        Map<String, Object> window = Map.of("pool_size", size, "strides", strides, "padding", padding);
        Model fused = Model.sequential(
                "run",
                List.of(9, 9, 3),
                List.of(new Conv2D(16, 3, Activation.RELU), LayerTypes.create("MaxPooling2D", window)));
        Model apart = Model.sequential(
                "run",
                List.of(9, 9, 3),
                List.of(
                        new Conv2D(16, 3, Activation.LINEAR),
                        LayerTypes.create("Activation", Map.of("activation", "relu")),
                        LayerTypes.create("MaxPooling2D", window)));
        int rows = 5;
        SplittableRandom random = new SplittableRandom(size + strides);
        float[] input = random(random, rows * 9 * 9 * 3);
        float[] outputGradient = random(
                random,
                rows * Math.toIntExact(fused.outputs().get(0).shape().stream().reduce(1, Math::multiplyExact)));
        try (ModelRun one = new ModelRun(fused, rows, true);
                ModelRun other = new ModelRun(apart, rows, true)) {
            assertArrayEquals(
                    other.backward(outputGradient, input), one.backward(outputGradient, input), "input's gradient");
            int length = Math.toIntExact(fused.layout().length());
            assertArrayEquals(other.gradient().get(0, length), one.gradient().get(0, length), "kernel's gradient");
        }
    }

    private static float[] random(SplittableRandom random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static List<Integer> shape(int[] three, int rank, int... more) {
        List<Integer> shape = new ArrayList<>();
        for (int axis = 3 - rank; axis < 3; axis++) {
            shape.add(three[axis]);
        }
        for (int each : more) {
            shape.add(each);
        }
        return shape;
    }
}
