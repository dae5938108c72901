package io.covey.trainer.callbacks;

/** Which values of a monitored quantity are better: Keras' {@code mode}. */
public enum Mode {
    /** Decided by the quantity's name. */
    AUTO,
    /** Smaller is better. */
    MIN,
    /** Larger is better. */
    MAX
}
