package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.testing.Golden;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The engine against real Keras: outputs, loss and every gradient of one batch. */
@Timeout(60)
class SeedMlpParityTest {
    private static final int ROWS = 8;

    private final Golden golden = Golden.read("models/seed_mlp");
    private final Model model = Models.mlp(List.of(28, 28), 300, 200, 100, 10);

    @Test
    void shouldMatchKerasWhenTraining() {
        NativeLibraries.setThreadsOfThisThread(1);
        float[] x = golden.array("/inputs/0").floats();
        int[] y = golden.array("/targets/0").ints();
        MetricState state = MetricState.zero(4);
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length());
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, ROWS, ProgramOptions.TRAINING)) {
            Models.fill(model, parameters, i -> golden.array("/weights/" + i));
            for (int row = 0; row < ROWS; row++) {
                Programs.put(program, model, row, x, row * model.inputSize(), y[row]);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, state);

            double outputNoise =
                    golden.at("/float32_minus_float64/training/max_abs_output").asDouble();
            float[] outputs = new float[ROWS * 10];
            program.outputs().get(outputs);
            assertArrayEquals(
                    golden.array("/training/outputs/0").floats(), outputs, (float) (Golden.NOISE_FACTOR * outputNoise));

            assertEquals(ROWS, state.get(StateLayout.SAMPLES));
            double loss64 =
                    golden.at("/float32_minus_float64/training/loss_float64").asDouble();
            double lossNoise = Math.abs(golden.at("/training/loss").asDouble() - loss64);
            assertEquals(loss64, state.get(StateLayout.LOSS) / ROWS, Golden.NOISE_FACTOR * lossNoise);

            double gradientNoise = golden.at("/float32_minus_float64/training/max_abs_gradient")
                    .asDouble();
            List<ParameterSpec> specs = model.layout().parameters();
            for (int i = 0; i < specs.size(); i++) {
                ParameterSpec spec = specs.get(i);
                float[] mean = gradient.get(spec.offset(), (int) spec.size());
                for (int k = 0; k < mean.length; k++) {
                    mean[k] /= ROWS;
                }
                assertArrayEquals(
                        golden.array("/inference/gradients/" + i).floats(),
                        mean,
                        (float) (Golden.NOISE_FACTOR * gradientNoise),
                        spec.path());
            }
        }
    }
}
