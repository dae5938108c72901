package io.covey.trainer.layers.rnn;

import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.random.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The bias of an LSTM that at first forgets nothing: ones for the forget gate (Jozefowicz, Zaremba, Sutskever: An empirical
 * exploration of recurrent network architectures, ICML 2015).
 *
 * @param others initializer of the other gates
 * @param units of the layer
 */
record UnitForgetBias(Initializer others, int units) implements Initializer {
    @Override
    public Map<String, Object> config() {
        return others.config();
    }

    @Override
    public String className() {
        return others.className();
    }

    @Override
    public void requireShape(String variable, List<Integer> shape) {
        others.requireShape(variable, shape);
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        others.fill(shape, random, from, target, offset, count);
        int first = (int) Math.max(units - from, 0);
        int last = (int) Math.min(2L * units - from, count);
        if (first < last) {
            Arrays.fill(target, offset + first, offset + last, 1f);
        }
    }
}
