package io.covey.trainer.engine;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Networks;
import io.covey.trainer.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a training step's memory holds, and that sharing it changes nothing. */
@Timeout(120)
class StepMemoryTest {
    private static final long SEED = 4;
    private static final double MAX_RATIO = 1.3;

    private static Program compile(Model model, int rows, boolean reuse) {
        NativeLibraries.setThreadsOfThisThread(1);
        return Program.compile(
                model,
                new CompiledObjective(model, CompileOptions.of(Losses.sparseCategoricalCrossentropy())),
                List.of(InputFormat.UINT8),
                1 / 255f,
                rows,
                ProgramOptions.TRAINING,
                reuse);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAtMost13TenthsOfWhatMustBeKeptWhenATrainingStepRuns(Networks network) {
        Model model = network.model();
        for (int rows : new int[] {1, 32, 256}) {
            try (Program program = compile(model, rows, true)) {
                long parameters = model.layout().length() * Float.BYTES;
                long activations = Networks.activations(model) * rows * Float.BYTES;
                long least = 2 * parameters + activations;
                long taken = 2 * parameters + program.nativeBytes();
                StepMemory planned =
                        StepMemory.of(model, List.of(InputFormat.UINT8), 1 / 255f, rows, ProgramOptions.TRAINING);
                assertEquals(taken, planned.total());
                assertTrue(planned.total() <= MAX_RATIO * planned.minimum(), planned::toString);
                double ratio = taken / (double) least;
                assertTrue(
                        ratio <= MAX_RATIO,
                        () -> network + " with " + rows + " rows takes " + taken + " bytes, " + ratio + " times the "
                                + least + " that it must keep");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"M4", "M5"})
    void shouldGiveTheSameBitsWhenBuffersShareMemory(Networks network) {
        Model model = network.model();
        int rows = 8;
        int length = Math.toIntExact(model.layout().length());
        Samples samples = Samples.random(rows, model.inputSize(), 10, SEED);
        SampleBlock block = new SampleBlock(samples.features(), samples.data(), samples.labels());
        float[][] gradients = new float[2][];
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            MetricState metrics = MetricState.zero(2);
            try (NativeFloats parameters = Models.initialValues(model, SEED);
                    NativeFloats gradient = NativeFloats.allocate(length);
                    Program program = compile(model, rows, i == 0)) {
                for (int step = 0; step < 2; step++) {
                    for (int row = 0; row < rows; row++) {
                        program.put(row, block, row);
                    }
                    program.forwardBackward(parameters.address(), gradient.address(), step > 0, metrics);
                }
                gradients[i] = gradient.get(0, length);
                losses[i] = metrics.get(1);
            }
        }
        assertEquals(losses[1], losses[0], "seed " + SEED);
        assertArrayEquals(gradients[1], gradients[0], 0f, "seed " + SEED);
    }
}
