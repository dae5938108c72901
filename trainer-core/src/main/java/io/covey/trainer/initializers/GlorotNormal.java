package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/** Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010: variance 2 / (fan_in + fan_out); a truncated normal distribution. */
public record GlorotNormal() implements Initializer {
    private static final VarianceScaling SCALING =
            new VarianceScaling(1, VarianceScaling.Mode.FAN_AVG, VarianceScaling.Distribution.TRUNCATED_NORMAL);

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        SCALING.fill(shape, random, from, target, offset, count);
    }
}
