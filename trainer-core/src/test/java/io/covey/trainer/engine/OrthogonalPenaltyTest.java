package io.covey.trainer.engine;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.regularizers.OrthogonalRegularizer;
import io.covey.trainer.testing.ModelRun;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Values are in the golden cases; here are the gradient, and how it joins the others. */
@Timeout(60)
class OrthogonalPenaltyTest {
    private static final int IN = 5;
    private static final int UNITS = 4;
    private static final int ROWS = 3;
    private static final long SEED = 7;
    private static final double STEP = 1e-3;

    private static Dense dense(OrthogonalRegularizer.Mode mode) {
        return new Dense(UNITS, Activation.LINEAR)
                .useBias(false)
                .kernelRegularizer(new OrthogonalRegularizer(2f, mode));
    }

    private static float[] random(int length) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheDerivativeOfThePenaltyAsGradient(OrthogonalRegularizer.Mode mode) {
        float[] weights = random(IN * UNITS);
        try (ModelRun run = ModelRun.of(dense(mode), ROWS, true, IN)) {
            run.parameters().put(0, weights);
            // No gradient of the output: what there is comes from the penalty.
            run.backward(new float[ROWS * UNITS], new float[ROWS * IN]);
            float[] gradient = run.gradient().get(0, weights.length);
            for (int i = 0; i < weights.length; i++) {
                double difference = penalty(run, weights, i, STEP) - penalty(run, weights, i, -STEP);
                assertEquals(difference / (2 * STEP), gradient[i] / ROWS, 1e-4, "weight " + i + ", seed " + SEED);
            }
        }
    }

    private static double penalty(ModelRun run, float[] weights, int index, double step) {
        float[] moved = weights.clone();
        moved[index] += (float) step;
        run.parameters().put(0, moved);
        run.forward(new float[ROWS * IN]);
        return run.program().penalties()[0];
    }

    @Test
    void shouldHaveTheBitsOfASumFormedElsewhereWhenItAccumulates() {
        try (ModelRun run = ModelRun.of(dense(OrthogonalRegularizer.Mode.ROWS), ROWS, true, IN);
                NativeFloats sum = NativeFloats.allocate(IN * UNITS)) {
            float[] output = random(ROWS * UNITS);
            run.backward(output, random(ROWS * IN));
            float[] gradient = run.gradient().get(0, IN * UNITS);
            float[] before = random(IN * UNITS);
            sum.put(0, before);
            run.program().forwardBackward(run.parameters().address(), sum.address(), true, MetricState.zero(2));
            for (int i = 0; i < before.length; i++) {
                before[i] += gradient[i];
            }
            assertArrayEquals(before, sum.get(0, before.length), "seed " + SEED);
        }
    }

    @Test
    void shouldSayWhyWhenItCannotBe() {
        Map<String, Object> orthogonal = Map.of("class_name", "OrthogonalRegularizer", "config", Map.of());
        Layer conv =
                LayerTypes.create("Conv1D", Map.of("filters", 2, "kernel_size", 2, "kernel_regularizer", orthogonal));
        String ofKernel = assertThrows(CoveyException.class, () -> conv.weights(List.of(List.of(5, 3))))
                .getMessage();
        assertTrue(ofKernel.contains("takes a matrix, kernel has shape [2, 3, 2]"), ofKernel);
        String ofActivity = assertThrows(
                        CoveyException.class,
                        () -> LayerTypes.create("Dense", Map.of("units", 2, "activity_regularizer", orthogonal)))
                .getMessage();
        assertTrue(ofActivity.contains("use l1, l2 or l1_l2"), ofActivity);
    }
}
