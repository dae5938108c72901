package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/** LeCun, Bottou, Orr, Mueller: Efficient backprop, 1998: variance 1 / fan_in; a truncated normal distribution. */
public record LecunNormal() implements Initializer {
    private static final VarianceScaling SCALING =
            new VarianceScaling(1, VarianceScaling.Mode.FAN_IN, VarianceScaling.Distribution.TRUNCATED_NORMAL);

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        SCALING.fill(shape, random, from, target, offset, count);
    }
}
