package io.covey.trainer.model;

import io.covey.trainer.random.CounterRandom;
import java.io.Serializable;
import java.util.List;

/** Draws a variable's first values; value i depends on (seed, variable, i) only, so that any range can be drawn alone. */
public sealed interface Initializer extends Serializable {
    /** Keras' name, for example {@code glorot_uniform}. */
    String name();

    /** The value of element {@code index} (in C order) of a variable of this shape. */
    float value(List<Integer> shape, CounterRandom random, long index);

    /** All zeros: Keras' default for biases. */
    record Zeros() implements Initializer {
        @Override
        public String name() {
            return "zeros";
        }

        @Override
        public float value(List<Integer> shape, CounterRandom random, long index) {
            return 0f;
        }
    }

    /**
     * Uniform in [-r, r), r = sqrt(6 / (fan_in + fan_out)): Keras' default for kernels (Glorot and Bengio: Understanding the
     * difficulty of training deep feedforward neural networks, AISTATS 2010).
     */
    record GlorotUniform() implements Initializer {
        @Override
        public String name() {
            return "glorot_uniform";
        }

        @Override
        public float value(List<Integer> shape, CounterRandom random, long index) {
            double limit = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
            return (float) ((2.0 * random.uniform(index) - 1.0) * limit);
        }
    }

    /** Inputs of one unit: in channels times the size of the receptive field. */
    static double fanIn(List<Integer> shape) {
        return shape.size() < 2
                ? shape.stream().mapToInt(i -> i).sum()
                : receptiveField(shape) * shape.get(shape.size() - 2);
    }

    /** Outputs of one unit: out channels times the size of the receptive field. */
    static double fanOut(List<Integer> shape) {
        return shape.size() < 2
                ? shape.stream().mapToInt(i -> i).sum()
                : receptiveField(shape) * shape.get(shape.size() - 1);
    }

    private static double receptiveField(List<Integer> shape) {
        double field = 1;
        for (int size : shape.subList(0, shape.size() - 2)) {
            field *= size;
        }
        return field;
    }
}
