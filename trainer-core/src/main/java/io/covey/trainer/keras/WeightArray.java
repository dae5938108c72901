package io.covey.trainer.keras;

import java.util.List;

/** One weight of a model with its values. */
public final class WeightArray {
    private final String path;
    private final List<Integer> shape;
    private final float[] values;

    /**
     * A weight.
     *
     * @param path Keras' path, for example {@code sequential/dense/kernel}, or the place in a file
     * @param shape in Keras' layout
     * @param values in C order; not copied
     * @throws IllegalArgumentException when the shape has another number of elements
     */
    public WeightArray(String path, List<Integer> shape, float[] values) {
        int size = shape.stream().reduce(1, Math::multiplyExact);
        if (size != values.length) {
            throw new IllegalArgumentException(path + " of shape " + shape + " has " + values.length + " values");
        }
        this.path = path;
        this.shape = List.copyOf(shape);
        this.values = values;
    }

    public String path() {
        return path;
    }

    public List<Integer> shape() {
        return shape;
    }

    /** The values in C order, not a copy. */
    public float[] values() {
        return values;
    }
}
