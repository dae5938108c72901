package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/** He, Zhang, Ren, Sun: Delving deep into rectifiers, ICCV 2015: variance 2 / fan_in; a uniform distribution. */
public record HeUniform() implements Initializer {
    private static final VarianceScaling SCALING =
            new VarianceScaling(2, VarianceScaling.Mode.FAN_IN, VarianceScaling.Distribution.UNIFORM);

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        SCALING.fill(shape, random, from, target, offset, count);
    }
}
