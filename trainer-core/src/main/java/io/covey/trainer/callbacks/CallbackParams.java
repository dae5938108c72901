package io.covey.trainer.callbacks;

/**
 * Keras' {@code params}: the size of what is about to run.
 *
 * @param epochs epochs asked for; 1 for an evaluation or a prediction
 * @param steps batches in a pass; {@link #UNKNOWN} if the data do not tell
 */
public record CallbackParams(int epochs, long steps) {
    /** In place of a number of batches: Keras' {@code None}. */
    public static final long UNKNOWN = -1;
}
