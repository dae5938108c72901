package io.covey.trainer.optimizer;

/** What an optimizer needs to know to clip gradients. */
public enum Clipping {
    NONE,
    /** Each element by itself. */
    VALUE,
    /** The norm of each variable's gradient. */
    VARIABLE_NORM,
    /** The norm of all gradients together. */
    GLOBAL_NORM;

    /** Whether the update of an element depends on other elements, so that norms come first. */
    public boolean needsNorms() {
        return this == VARIABLE_NORM || this == GLOBAL_NORM;
    }
}
