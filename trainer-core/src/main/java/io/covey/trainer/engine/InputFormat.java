package io.covey.trainer.engine;

/** How samples reach a {@link Program}. */
public enum InputFormat {
    /** Unsigned bytes, 0 to 255. */
    UINT8,
    /** Single-precision floats. */
    FLOAT32
}
