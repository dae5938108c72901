package io.covey.trainer.callbacks;

/** Which Keras a callback, or fit, behaves like where the two differ. */
public enum Semantics {
    /** Keras 3, the default. */
    KERAS3,
    /** Keras 2, as in TensorFlow before 2.16. */
    KERAS2
}
