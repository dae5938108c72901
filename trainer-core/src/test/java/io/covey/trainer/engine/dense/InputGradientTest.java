package io.covey.trainer.engine.dense;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.testing.ModelRun;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class InputGradientTest {
    /** Sums of at most some hundred products of numbers below 1. */
    private static final double TOLERANCE = 1e-4;

    /** Few rows or a small kernel: sgemm; else matmul. */
    @ParameterizedTest
    @CsvSource({"15,300,200", "16,300,200", "33,1600,64", "64,100,10", "1,7,1"})
    void shouldMatchFloat64WhenShapesDiffer(int rows, int inputs, int units) {
        SplittableRandom random = new SplittableRandom(rows);
        float[] input = random(random, rows * inputs);
        float[] outputGradient = random(random, rows * units);
        try (ModelRun run = ModelRun.of(new Dense(units, Activation.LINEAR), rows, true, inputs)) {
            float[] kernel = random(random, inputs * units);
            run.parameters().put(0, kernel);
            float[] found = run.backward(outputGradient, input);
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < inputs; i++) {
                    double expected = 0;
                    for (int unit = 0; unit < units; unit++) {
                        expected += (double) outputGradient[row * units + unit] * kernel[i * units + unit];
                    }
                    assertEquals(expected, found[row * inputs + i], TOLERANCE, "row " + row + ", input " + i);
                }
            }
        }
    }

    private static float[] random(SplittableRandom random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
