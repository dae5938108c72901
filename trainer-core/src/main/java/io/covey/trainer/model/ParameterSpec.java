package io.covey.trainer.model;

import io.covey.trainer.constraints.Constraint;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.regularizers.Regularizer;
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
 * @param rule how a step changes it
 * @param regularizer penalty on its values, null for none; frozen variables have none, as in Keras 3
 * @param constraint restores its values after an update, null for none
 */
public record ParameterSpec(
        String path,
        String checkpointKey,
        List<Integer> shape,
        Initializer initializer,
        long offset,
        UpdateRule rule,
        Regularizer regularizer,
        Constraint constraint)
        implements Serializable {
    /** A variable that the optimizer updates, with no penalty or constraint. */
    public ParameterSpec(String path, String checkpointKey, List<Integer> shape, Initializer initializer, long offset) {
        this(path, checkpointKey, shape, initializer, offset, UpdateRule.OPTIMIZER, null, null);
    }

    /** Keras' name: the path's last part. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Number of floats. */
    public long size() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Floats in one row of the first axis; the whole size for a vector is its length times 1. */
    public long rowSize() {
        return shape.isEmpty() ? 1 : size() / shape.get(0);
    }

    /** Whether the optimizer updates it. */
    public boolean isTrainable() {
        return rule instanceof UpdateRule.Optimized;
    }

    /** Whether the constraint follows each update: as in Keras not on a frozen variable. */
    public boolean isConstrained() {
        return isTrainable() && constraint != null;
    }
}
