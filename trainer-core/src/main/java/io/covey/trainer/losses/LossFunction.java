package io.covey.trainer.losses;

/**
 * Computes a loss and its gradient. A batch of predictions of shape (rows, d1, ..., dk) is {@code positions} = rows * d1 *
 * ... * d(k-1) positions of {@code width} = dk numbers; the targets have {@code trueWidth} numbers per position, 1 for
 * integer labels (as floats), else {@code width}. Arrays may be longer than what is used of them. For one thread.
 */
public interface LossFunction {
    /**
     * Writes the loss of each position to {@code values}.
     *
     * @throws io.covey.trainer.CoveyException a caller's error for an integer label outside [0, width)
     */
    void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values);

    /**
     * Writes the gradient of {@code sum over p of scales[p] * value[p]} with respect to yPred, as Keras on TensorFlow
     * computes it at ties and at the borders of clipping.
     */
    void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient);

    /** Whether there can be positions that do not count. */
    default boolean ignoresPositions() {
        return false;
    }

    /**
     * Whether a position of the last {@link #values} does not count, not even in the divisor of a mean: those of {@code
     * ignore_class}.
     */
    default boolean isIgnored(float[] yTrue, int trueWidth, int position) {
        return false;
    }

    /** Whether all positions have one common value, that of the whole call. */
    default boolean isOfWholeBatch() {
        return false;
    }

    /** Whether a sample's loss depends on what else is in the batch. */
    default boolean needsWholeBatch() {
        return isOfWholeBatch() || ignoresPositions();
    }
}
