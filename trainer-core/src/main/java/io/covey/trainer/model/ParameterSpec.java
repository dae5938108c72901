package io.covey.trainer.model;

import java.io.Serializable;
import java.util.List;

/**
 * One variable of a model.
 *
 * @param path Keras' path, for example {@code dense/kernel}
 * @param checkpointKey Keras 2's name in a TF-format checkpoint without the suffix, for example
 *     {@code layer_with_weights-0/kernel}
 * @param shape in Keras' layout, Dense kernels (in, out)
 * @param initializer draws the first values
 * @param offset first float in the flat vector, a multiple of {@link ParameterLayout#ALIGNMENT_FLOATS}
 */
public record ParameterSpec(
        String path, String checkpointKey, List<Integer> shape, Initializer initializer, long offset)
        implements Serializable {
    /** Number of floats. */
    public long size() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Floats in one row of the first axis; the whole size for a vector is its length times 1. */
    public long rowSize() {
        return shape.isEmpty() ? 1 : size() / shape.get(0);
    }
}
