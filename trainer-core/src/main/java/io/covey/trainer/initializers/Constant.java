package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One number everywhere.
 *
 * @param value the number
 */
public record Constant(double value) implements Initializer {
    @Override
    public Map<String, Object> config() {
        return Map.of("value", value);
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        Arrays.fill(target, offset, offset + count, (float) value);
    }
}
