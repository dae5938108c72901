package io.covey.trainer.engine;

import io.covey.trainer.data.Column;

/** How samples reach a {@link Program}. */
public enum InputFormat {
    /** Unsigned bytes, 0 to 255. */
    UINT8,
    /** Single-precision floats. */
    FLOAT32,
    /** Integers such as words of a vocabulary; never scaled, exact up to 2^24. */
    INT32;

    /** The format of a column. */
    public static InputFormat of(Column column) {
        if (column instanceof Column.Bytes) {
            return UINT8;
        }
        return column instanceof Column.Floats ? FLOAT32 : INT32;
    }
}
