package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * Uniform in [-r, r), r = sqrt(6 / (fan_in + fan_out)): Keras' default for kernels (Glorot and Bengio: Understanding the
 * difficulty of training deep feedforward neural networks, AISTATS 2010).
 */
public record GlorotUniform() implements Initializer {
    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        Fans fans = Fans.of(shape);
        double limit = Math.sqrt(6.0 / (fans.in() + fans.out()));
        for (int i = 0; i < count; i++) {
            target[offset + i] = (float) ((2.0 * random.uniform(from + i) - 1.0) * limit);
        }
    }
}
