package io.covey.trainer.data;

import java.io.Serializable;

/**
 * Numbers of all rows for one input or target: those of row i at [i * width, (i + 1) * width). The arrays are shared, not
 * copied: nobody writes to them.
 */
@SuppressWarnings("ArrayRecordComponent") // Columns are handed on, never compared.
public sealed interface Column extends Serializable {
    /** Numbers per row. */
    int width();

    /** Numbers in all rows. */
    int length();

    /** Number {@code index}. */
    float get(int index);

    /** Unsigned bytes. */
    record Bytes(int width, byte[] values) implements Column {
        @Override
        public int length() {
            return values.length;
        }

        @Override
        public float get(int index) {
            return values[index] & 0xFF;
        }
    }

    /** Floats. */
    record Floats(int width, float[] values) implements Column {
        @Override
        public int length() {
            return values.length;
        }

        @Override
        public float get(int index) {
            return values[index];
        }
    }

    /** Integers: classes, words. */
    record Ints(int width, int[] values) implements Column {
        @Override
        public int length() {
            return values.length;
        }

        @Override
        public float get(int index) {
            return values[index];
        }
    }
}
