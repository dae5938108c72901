package io.covey.trainer.initializers;

import io.covey.trainer.random.CounterRandom;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Draws a variable's first values; they depend on (seed, variable, index) only, so that any range can be drawn alone.
 * Immutable; users may implement their own.
 */
public interface Initializer extends Serializable {
    /** Keras' class name, for example {@code GlorotUniform}. */
    default String className() {
        return getClass().getSimpleName();
    }

    /** Keras' arguments. */
    Map<String, Object> config();

    /**
     * Refuses shapes for which it has no numbers.
     *
     * @param variable name, for messages
     * @throws io.covey.trainer.CoveyException a caller's error
     */
    default void requireShape(String variable, List<Integer> shape) {}

    /**
     * Writes elements [from, from + count) in C order of a variable.
     *
     * @param shape the whole variable's
     * @param random of this variable
     * @param target receives the values from {@code offset} on
     */
    void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count);
}
