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

    /** The numbers of these rows, in this order: a copy. */
    Column select(int[] rows);

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

        @Override
        public Column select(int[] rows) {
            byte[] selected = new byte[Math.multiplyExact(rows.length, width)];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(values, rows[i] * width, selected, i * width, width);
            }
            return new Bytes(width, selected);
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

        @Override
        public Column select(int[] rows) {
            float[] selected = new float[Math.multiplyExact(rows.length, width)];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(values, rows[i] * width, selected, i * width, width);
            }
            return new Floats(width, selected);
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

        @Override
        public Column select(int[] rows) {
            int[] selected = new int[Math.multiplyExact(rows.length, width)];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(values, rows[i] * width, selected, i * width, width);
            }
            return new Ints(width, selected);
        }
    }
}
