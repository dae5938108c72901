package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** All ones: Keras' default for the scales of normalizations. */
public record Ones() implements Initializer {
    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        Arrays.fill(target, offset, offset + count, 1f);
    }
}
