package io.covey.trainer.engine.dense;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.testing.ModelRun;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The shapes are chosen for each form of {@link ProductChoice} to occur, on processors with AVX-512 and without. */
@Timeout(60)
class DenseProductsTest {
    /** Sums of at most some hundred products of numbers below 1. */
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @CsvSource({"15,300,200", "16,300,200", "33,1600,64", "64,100,10", "1,7,1", "16,70,512", "15,70,512", "20,512,64"})
    void shouldMatchFloat64WhenShapesDiffer(int rows, int inputs, int units) {
        SplittableRandom random = new SplittableRandom(rows);
        float[] input = random(random, rows * inputs);
        float[] outputGradient = random(random, rows * units);
        try (ModelRun run = ModelRun.of(new Dense(units, Activation.LINEAR), rows, true, inputs)) {
            float[] kernel = random(random, inputs * units);
            float[] bias = random(random, units);
            run.parameters().put(0, kernel);
            long biasOffset = run.model().layout().parameters().get(1).offset();
            run.parameters().put(biasOffset, bias);

            float[] output = run.forward(input);
            float[] inputGradient = run.backward(outputGradient, input);
            float[] kernelGradient = run.gradient().get(0, inputs * units);
            float[] biasGradient = run.gradient().get(biasOffset, units);

            assertClose("output", product(input, inputs, 1, kernel, units, 1, bias, rows, units, inputs), output);
            assertClose(
                    "input gradient",
                    product(outputGradient, units, 1, kernel, 1, units, null, rows, inputs, units),
                    inputGradient);
            assertClose(
                    "kernel gradient",
                    product(input, 1, inputs, outputGradient, units, 1, null, inputs, units, rows),
                    kernelGradient);
            assertClose("bias gradient", sumOfRows(outputGradient, rows, units), biasGradient);
        }
    }

    /** {@code a @ b + bias} of shape (m, n), with k terms; each operand has a stride by row and one by column. */
    private static double[] product(
            float[] a, int aRow, int aColumn, float[] b, int bRow, int bColumn, float[] bias, int m, int n, int k) {
        double[] product = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias == null ? 0 : bias[j];
                for (int t = 0; t < k; t++) {
                    sum += (double) a[i * aRow + t * aColumn] * b[t * bRow + j * bColumn];
                }
                product[i * n + j] = sum;
            }
        }
        return product;
    }

    private static double[] sumOfRows(float[] matrix, int rows, int columns) {
        double[] sums = new double[columns];
        for (int i = 0; i < rows * columns; i++) {
            sums[i % columns] += matrix[i];
        }
        return sums;
    }

    private static void assertClose(String what, double[] expected, float[] found) {
        assertEquals(expected.length, found.length, what);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], TOLERANCE, what + " " + i);
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
