package io.covey.trainer.training;

import java.util.Locale;

/** Loss functions, with Keras' names. */
public enum Loss {
    /**
     * {@code -log(softmax(logits)[label])} per sample. When the model ends in a softmax the loss is computed from its logits,
     * without clipping, as Keras does.
     */
    SPARSE_CATEGORICAL_CROSSENTROPY;

    /** Keras' name, for example {@code sparse_categorical_crossentropy}. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
