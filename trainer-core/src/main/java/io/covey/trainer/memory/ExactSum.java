package io.covey.trainer.memory;

import java.util.Arrays;

/**
 * The exact sum of squares of floats: it depends on neither the order of the additions nor on how the values are dealt to
 * partial sums that are {@link #merge merged}. Adding allocates nothing. Not thread-safe.
 *
 * <p>The square of a float's 24-bit mantissa is a 48-bit integer; squares of one exponent are added up in a long, and longs
 * are carried into a fixed-point number that spans all exponents (after R. M. Neal: Fast exact summation using small and
 * large superaccumulators, 2015).
 */
public final class ExactSum {
    /** Digits of 32 bits; the lowest bit is 2^-298, the square of the smallest float. 46 bits are left for the count. */
    private static final int DIGITS = 19;

    private static final int LOWEST_EXPONENT = -298;
    private static final int DIGIT_BITS = 32;
    private static final long DIGIT_MASK = 0xffff_ffffL;
    private static final int EXPONENTS = 256;
    private static final int NOT_FINITE = 255;
    private static final int LANES = 4;
    private static final int MANTISSA_BITS = 23;
    private static final int INFINITE = 1;
    private static final int NAN = 2;
    /** Squares that fit into a bucket: 2^15 of 48 bits. */
    private static final int MAX_PENDING = 1 << 15;

    /** Longs of a sum's {@link #copyTo state}. */
    public static final int STATE_LENGTH = DIGITS + 1;

    private final long[] digits = new long[DIGITS];
    /** By exponent and lane. */
    private final long[] buckets = new long[EXPONENTS * LANES];

    private int pending;
    private long notFinite;

    /** Sets the sum to zero. */
    public void clear() {
        Arrays.fill(digits, 0);
        Arrays.fill(buckets, 0);
        pending = 0;
        notFinite = 0;
    }

    /** Adds the squares of the first {@code length} values. */
    public void addSquares(float[] values, int length) {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, MAX_PENDING - pending);
            add(values, done, done + part);
            if (bucket(NOT_FINITE) != 0) {
                setApart(values, done, done + part);
            }
            pending += part;
            done += part;
            if (pending == MAX_PENDING) {
                carry();
            }
        }
    }

    private void add(float[] values, int from, int to) {
        int i = from;
        // Side by side: an addition need not wait for the one before when both meet the same exponent.
        for (; i < to - 3; i += 4) {
            int a = Float.floatToRawIntBits(values[i]);
            int b = Float.floatToRawIntBits(values[i + 1]);
            int c = Float.floatToRawIntBits(values[i + 2]);
            int d = Float.floatToRawIntBits(values[i + 3]);
            buckets[LANES * exponent(a)] += square(a);
            buckets[LANES * exponent(b) + 1] += square(b);
            buckets[LANES * exponent(c) + 2] += square(c);
            buckets[LANES * exponent(d) + 3] += square(d);
        }
        for (; i < to; i++) {
            int a = Float.floatToRawIntBits(values[i]);
            buckets[LANES * exponent(a)] += square(a);
        }
    }

    /** Notes which kinds of values without a finite square are among these. */
    private void setApart(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(values[i])) {
                notFinite |= Float.isNaN(values[i]) ? NAN : INFINITE;
            }
        }
        Arrays.fill(buckets, LANES * NOT_FINITE, LANES * (NOT_FINITE + 1), 0);
    }

    private long bucket(int exponent) {
        int at = LANES * exponent;
        return buckets[at] + buckets[at + 1] + buckets[at + 2] + buckets[at + 3];
    }

    private static int exponent(int bits) {
        return (bits >>> MANTISSA_BITS) & (EXPONENTS - 1);
    }

    private static long square(int bits) {
        int hidden = exponent(bits) == 0 ? 0 : 1 << MANTISSA_BITS;
        long mantissa = (bits & ((1 << MANTISSA_BITS) - 1)) | hidden;
        return mantissa * mantissa;
    }

    /** Moves the buckets into the digits, which are below 2^32 again afterwards. */
    private void carry() {
        for (int e = 0; e < NOT_FINITE; e++) {
            long squares = bucket(e);
            if (squares != 0) {
                int bit = 2 * (Math.max(e, 1) - 1);
                int shift = bit % DIGIT_BITS;
                long low = (squares & DIGIT_MASK) << shift;
                long high = (squares >>> DIGIT_BITS) << shift;
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

    /** The sum, rounded once to the nearest double; infinite when a value was, NaN when one was not a number. */
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
