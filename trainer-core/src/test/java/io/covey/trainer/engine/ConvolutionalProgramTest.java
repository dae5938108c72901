package io.covey.trainer.engine;

import com.sun.management.ThreadMXBean;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.layers.convolutional.Conv2D;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.normalization.LayerNormalization;
import io.covey.trainer.layers.pooling.AveragePooling2D;
import io.covey.trainer.layers.pooling.MaxPooling2D;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whole programs of convolutional networks. */
@Timeout(60)
class ConvolutionalProgramTest {
    private static final long SEED = 5;
    private static final int ROWS = 3;

    private final MetricState metrics = MetricState.zero(4);
    private final Model model = Model.sequential(
            "cnn",
            List.of(9, 11, 3),
            List.of(
                    new Conv2D(16, 3, Activation.RELU).padding("same"),
                    new BatchNormalization(),
                    new MaxPooling2D(2),
                    new Conv2D(5, 3, Activation.RELU).strides(2, 1).padding("same"),
                    new AveragePooling2D(2).padding("same"),
                    new Flatten(),
                    new LayerNormalization(),
                    new Dense(10, Activation.SOFTMAX)));
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final SampleBlock block = block();

    private SampleBlock block() {
        float[] data = new float[ROWS * model.inputSize()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextDouble(-1, 1);
        }
        return new SampleBlock(model.inputSize(), data, new int[] {1, 2, 3});
    }

    private Program program() {
        Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, ROWS, ProgramOptions.TRAINING);
        for (int row = 0; row < ROWS; row++) {
            program.put(row, block, row);
        }
        return program;
    }

    @BeforeEach
    void useOneThread() {
        NativeLibraries.setThreadsOfThisThread(1);
    }

    @Test
    void shouldAccumulateWithTheBitsOfASumAddedAfterwards() {
        int length = (int) model.layout().length();
        float[] sums = new float[length];
        for (ParameterSpec spec : model.layout().parameters()) {
            for (int i = 0; i < spec.size(); i++) {
                sums[(int) spec.offset() + i] = (float) random.nextDouble(-1, 1);
            }
        }
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(length);
                Program program = program()) {
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            float[] expected = gradient.get(0, length);
            for (int i = 0; i < length; i++) {
                expected[i] = sums[i] + expected[i];
            }
            gradient.put(0, sums);
            program.forwardBackward(parameters.address(), gradient.address(), true, metrics);
            assertArrayEquals(expected, gradient.get(0, length));
        }
    }

    @Test
    void shouldAllocateNothingOnTheHeapWhenRunning() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats a = NativeFloats.allocate(model.layout().length());
                NativeFloats b = NativeFloats.allocate(model.layout().length());
                Program program = program()) {
            long least = Long.MAX_VALUE;
            for (int window = 0; window < 10; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int step = 0; step < 200; step++) {
                    program.forwardBackward(
                            parameters.address(), (step % 2 == 0 ? a : b).address(), step % 3 == 0, metrics);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            // What the virtual machine allocates in a thread now and then misses some window.
            assertEquals(0, least);
        }
    }

    @Test
    void shouldHandOnRowsTimesBatchStatisticsToMovingAverages() {
        Model single =
                Model.sequential("bn", List.of(2), List.of(new BatchNormalization(), new Dense(2, Activation.SOFTMAX)));
        float[] x = {1f, 10f, 3f, 30f};
        try (NativeFloats parameters = Models.initialValues(single, SEED);
                NativeFloats gradient = NativeFloats.allocate(single.layout().length());
                Program program = Programs.compile(single, InputFormat.FLOAT32, 1f, 2, ProgramOptions.TRAINING)) {
            for (int row = 0; row < 2; row++) {
                Programs.put(program, single, row, x, row * 2, row);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            List<ParameterSpec> specs = single.layout().parameters();
            assertArrayEquals(new float[] {4f, 40f}, gradient.get(specs.get(2).offset(), 2));
            assertArrayEquals(new float[] {2f, 200f}, gradient.get(specs.get(3).offset(), 2));
        }
    }

    @Test
    void shouldTimeEachOperationWhenProfiling() {
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = program()) {
            Profile profile = program.startProfile();
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            assertTrue(
                    profile.rows().stream()
                            .anyMatch(row -> row.layer().equals("conv2d")
                                    && row.op().equals("ConvolutionOp")
                                    && row.forwardNs() > 0
                                    && row.backwardNs() > 0),
                    profile.table(1));
        }
    }
}
