package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * Normal, drawn anew beyond two standard deviations; the result's own deviation is 0.8796 times {@code stddev}.
 *
 * @param mean of the numbers
 * @param stddev standard deviation before the truncation
 */
public record TruncatedNormal(double mean, double stddev) implements Initializer {
    /** With Keras' defaults. */
    public TruncatedNormal() {
        this(0, 0.05);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("mean", mean, "stddev", stddev);
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = (float) (mean + stddev * NormalNumbers.truncated(random, from + i));
        }
    }
}
