package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * Uniform in [minval, maxval).
 *
 * @param minval the least number
 * @param maxval the bound above
 */
public record RandomUniform(double minval, double maxval) implements Initializer {
    /** With Keras' defaults. */
    public RandomUniform() {
        this(-0.05, 0.05);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("minval", minval, "maxval", maxval);
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = (float) (minval + (maxval - minval) * random.uniform(from + i));
        }
    }
}
