package io.covey.trainer.memory;

import java.util.Arrays;

/**
 * The sum of squares of floats that depends on neither the order of the additions nor on how the values are dealt to partial
 * sums that are {@link #merge merged}, as long as they are cut between blocks: the squares of a block are added in float32, always
 * in the same order, and these sums exactly. Adding allocates nothing. Not thread-safe.
 *
 * <p>A float's mantissa is an integer of 24 bits; those of one exponent are added up in a long, and longs are carried into a
 * fixed-point number that spans all exponents (after R. M. Neal: Fast exact summation using small and large
 * superaccumulators, 2015).
 */
public final class ExactSum {
    /** Floats of a block: 64 bytes, so that variables and all pieces of vectors begin with one. */
    public static final int BLOCK = 16;

    /** Digits of 32 bits; the lowest bit is 2^-149, the smallest float. */
    private static final int DIGITS = 10;

    private static final int LOWEST_EXPONENT = -149;
    private static final int DIGIT_BITS = 32;
    private static final long DIGIT_MASK = 0xffff_ffffL;
    private static final int EXPONENTS = 255;
    private static final int MANTISSA_BITS = 23;
    private static final int HIDDEN_BIT = 1 << MANTISSA_BITS;
    private static final int INFINITE = 1;
    private static final int NAN = 2;
    /** Of 24 bits each, they fill a bucket to 54. */
    private static final int MAX_PENDING = 1 << 30;

    /** Most values of a call of {@link #addSquares}. */
    public static final int MAX_LENGTH = 1024;

    /** Longs of a sum's {@link #copyTo state}. */
    public static final int STATE_LENGTH = DIGITS + 1;

    private final long[] digits = new long[DIGITS];
    /** By exponent. */
    private final long[] buckets = new long[EXPONENTS];

    private final float[] squares = new float[MAX_LENGTH];
    private final float[] sums = new float[MAX_LENGTH / BLOCK];
    private int pending;
    private long notFinite;

    /** Sets the sum to zero. */
    public void clear() {
        Arrays.fill(digits, 0);
        Arrays.fill(buckets, 0);
        pending = 0;
        notFinite = 0;
    }

    /**
     * Adds the squares of the first {@code length} values: whole blocks, and the last of a variable.
     *
     * @throws IllegalArgumentException when {@code length} is above {@link #MAX_LENGTH}
     */
    public void addSquares(float[] values, int length) {
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(length + " values, at most " + MAX_LENGTH + " are squared at a time");
        }
        // Three loops: with one index for both arrays the first is vectorised, and stores of exact sums would slow the
        // second.
        for (int i = 0; i < length; i++) {
            squares[i] = values[i] * values[i];
        }
        int blocks = (length + BLOCK - 1) / BLOCK;
        Arrays.fill(squares, length, blocks * BLOCK, 0f);
        for (int block = 0; block < blocks; block++) {
            sums[block] = sumOfBlock(squares, block * BLOCK);
        }
        for (int block = 0; block < blocks; block++) {
            add(sums[block]);
        }
        pending += blocks;
        if (pending >= MAX_PENDING) {
            carry();
        }
    }

    /** The sum of the {@link #BLOCK} floats of {@code x} from {@code i} on, added in the order of all blocks. */
    public static float sumOfBlock(float[] x, int i) {
        float a = x[i] + x[i + 1] + (x[i + 2] + x[i + 3]);
        float b = x[i + 4] + x[i + 5] + (x[i + 6] + x[i + 7]);
        float c = x[i + 8] + x[i + 9] + (x[i + 10] + x[i + 11]);
        float d = x[i + 12] + x[i + 13] + (x[i + 14] + x[i + 15]);
        return a + b + (c + d);
    }

    private void add(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = bits >>> MANTISSA_BITS;
        if (exponent >= EXPONENTS) {
            notFinite |= Float.isNaN(value) ? NAN : INFINITE;
            return;
        }
        int mantissa = bits & (HIDDEN_BIT - 1);
        buckets[exponent] += exponent == 0 ? mantissa : mantissa | HIDDEN_BIT;
    }

    /** Moves the buckets into the digits, which are below 2^32 again afterwards. */
    private void carry() {
        for (int e = 0; e < EXPONENTS; e++) {
            long sum = buckets[e];
            if (sum != 0) {
                int bit = Math.max(e, 1) - 1;
                int shift = bit % DIGIT_BITS;
                long low = (sum & DIGIT_MASK) << shift;
                long high = (sum >>> DIGIT_BITS) << shift;
                int digit = bit / DIGIT_BITS;
                digits[digit] += low & DIGIT_MASK;
                digits[digit + 1] += (low >>> DIGIT_BITS) + (high & DIGIT_MASK);
                digits[digit + 2] += high >>> DIGIT_BITS;
            }
        }
        Arrays.fill(buckets, 0);
        pending = 0;
        normalize();
    }

    private void normalize() {
        for (int d = 0; d < DIGITS - 1; d++) {
            digits[d + 1] += digits[d] >>> DIGIT_BITS;
            digits[d] &= DIGIT_MASK;
        }
    }

    /** Adds another sum. */
    public void merge(ExactSum other) {
        other.carry();
        carry();
        for (int d = 0; d < DIGITS; d++) {
            digits[d] += other.digits[d];
        }
        notFinite |= other.notFinite;
        normalize();
    }

    /** Writes the sum's state, equal for equal sums, to {@link #STATE_LENGTH} elements of {@code target}. */
    public void copyTo(long[] target, int offset) {
        carry();
        System.arraycopy(digits, 0, target, offset, DIGITS);
        target[offset + DIGITS] = notFinite;
    }

    /** Adds the sum whose state was copied to {@code source}. */
    public void merge(long[] source, int offset) {
        carry();
        for (int d = 0; d < DIGITS; d++) {
            digits[d] += source[offset + d];
        }
        notFinite |= source[offset + DIGITS];
        normalize();
    }

    /** The sum, rounded once to the nearest double; infinite when that of a block was, NaN when a value was not a number. */
    public double value() {
        carry();
        if (notFinite != 0) {
            return (notFinite & NAN) == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        int top = DIGITS - 1;
        while (top > 0 && digits[top] == 0) {
            top--;
        }
        if (top < 2) {
            // At most 64 bits, the upper digit alone below 2^32: the sum of two exact doubles rounds once.
            double low = digits[0];
            return Math.scalb(digits[1] * 0x1p32 + low, LOWEST_EXPONENT);
        }
        // 63 bits from the topmost set bit on, with one bit more to say that something lies below.
        long bits = (digits[top] << (DIGIT_BITS - 1)) | (digits[top - 1] >>> 1);
        long below = ((digits[top - 1] & 1) << DIGIT_BITS) | digits[top - 2];
        int shift = Long.numberOfLeadingZeros(bits) - 1;
        long kept = (bits << shift) | (below >>> (DIGIT_BITS + 1 - shift));
        long dropped = below & ((1L << (DIGIT_BITS + 1 - shift)) - 1);
        for (int d = top - 3; d >= 0; d--) {
            dropped |= digits[d];
        }
        return Math.scalb(
                (double) (dropped == 0 ? kept : kept | 1), LOWEST_EXPONENT + DIGIT_BITS * (top - 1) + 1 - shift);
    }
}
