package io.covey.trainer.keras;

import java.util.List;

/**
 * One weight of a model with its values.
 *
 * @param path Keras' path, for example {@code sequential/dense/kernel}, or the place in a file
 * @param shape in Keras' layout
 * @param values in C order
 */
public record WeightArray(String path, List<Integer> shape, float[] values) {
    /** @throws IllegalArgumentException when the shape has another number of elements */
    public WeightArray {
        shape = List.copyOf(shape);
        int size = shape.stream().reduce(1, Math::multiplyExact);
        if (size != values.length) {
            throw new IllegalArgumentException(path + " of shape " + shape + " has " + values.length + " values");
        }
    }
}
