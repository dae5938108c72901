package io.covey.trainer.crosscheck;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.testing.ModelRun;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/**
 * One operation in both forms.
 *
 * @param shape of one sample
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Pair(Layer layer, Twin.Expression expression, Integer... shape) {
    private static final int MAX_ROWS = 4;

    /**
     * Sums of up to some hundred products of numbers below 1, by different orders of additions: a hundred units in the last
     * place of the largest number that is compared.
     */
    private static final double TOLERANCE = 100 * 0x1p-24;

    static Layer layer(String className, Map<String, Object> arguments) {
        return LayerTypes.create(className, arguments);
    }

    /** Runs both on random numbers and compares outputs and gradients by the input and all weights. */
    void compare(SplittableRandom random, long seed) {
        int rows = 1 + random.nextInt(MAX_ROWS);
        String message = layer + " on " + rows + " x " + Arrays.toString(shape) + ", seed " + seed;
        Twin twin = new Twin(layer, expression);
        try (ModelRun onednn = ModelRun.of(layer, rows, true, shape);
                ModelRun dl4j = ModelRun.of(twin, rows, true, shape)) {
            float[] weights = random(random, (int) onednn.parameters().length());
            onednn.parameters().put(0, weights);
            dl4j.parameters().put(0, weights);
            float[] x = random(random, rows * List.of(shape).stream().reduce(1, Math::multiplyExact));
            float[] y = onednn.forward(x);
            assertClose(dl4j.forward(x), y, "output of " + message);
            float[] u = random(random, y.length);
            assertClose(dl4j.backward(u, x), onednn.backward(u, x), "input's gradient of " + message);
            List<ParameterSpec> trained = onednn.model().layout().parameters().stream()
                    .filter(ParameterSpec::isTrainable)
                    .toList();
            trained.forEach(spec -> {
                int size = (int) spec.size();
                assertClose(
                        dl4j.gradient().get(spec.offset(), size),
                        onednn.gradient().get(spec.offset(), size),
                        spec.path() + "'s gradient of " + message);
            });
        }
    }

    private static void assertClose(float[] expected, float[] actual, String message) {
        float largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, actual, (float) (TOLERANCE * largest), message);
    }

    private static float[] random(SplittableRandom random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
