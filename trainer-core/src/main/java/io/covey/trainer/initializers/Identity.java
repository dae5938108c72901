package io.covey.trainer.initializers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * {@code gain} on the diagonal of a matrix, 0 elsewhere.
 *
 * @param gain on the diagonal
 */
public record Identity(double gain) implements Initializer {
    public Identity() {
        this(1);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("gain", gain);
    }

    @Override
    public void requireShape(String variable, List<Integer> shape) {
        if (shape.size() != 2) {
            throw CoveyException.caller(
                    "Identity: the shape of " + variable + " is " + shape + ", it must be a matrix");
        }
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        requireShape("the variable", shape);
        long columns = shape.get(1);
        for (int i = 0; i < count; i++) {
            long index = from + i;
            target[offset + i] = index / columns == index % columns ? (float) gain : 0f;
        }
    }
}
