package io.covey.trainer.model;

import java.util.Locale;

/** Activation functions that a layer can apply to its output. */
public enum Activation {
    LINEAR,
    RELU,
    /** Over the last axis. */
    SOFTMAX;

    /** Keras' name, for example {@code relu}. */
    public String kerasName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
