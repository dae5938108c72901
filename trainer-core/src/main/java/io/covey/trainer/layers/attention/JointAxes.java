package io.covey.trainer.layers.attention;

import io.covey.trainer.initializers.Identity;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Orthogonal;
import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * Draws a kernel of more than two axes as the matrix that it is used as: Keras counts fans by what a kernel's axes are for.
 *
 * @param drawn the initializer
 * @param matrix shape of the matrix
 */
record JointAxes(Initializer drawn, List<Integer> matrix) implements Initializer {
    /** The initializer of such a kernel; those that take a shape as it is do so here. */
    static Initializer of(Initializer initializer, int rows, int columns) {
        return initializer instanceof Orthogonal || initializer instanceof Identity
                ? initializer
                : new JointAxes(initializer, List.of(rows, columns));
    }

    @Override
    public Map<String, Object> config() {
        return drawn.config();
    }

    @Override
    public String className() {
        return drawn.className();
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        drawn.fill(matrix, random, from, target, offset, count);
    }
}
