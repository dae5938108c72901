package io.covey.trainer.model;

import java.util.Arrays;

/**
 * The places where a flat vector may be cut, ascending and numbered from 0, held by variable: an embedding can have a place for
 * each of a billion rows.
 */
final class CutPoints {
    private final long[] offsets;
    private final long[] strides;
    /** Number of each variable's first place; behind the last variable that of the vector's end. */
    private final long[] firsts;

    private int variables;

    /** @param variables most that will be added */
    CutPoints(int variables) {
        this.offsets = new long[variables + 1];
        this.strides = new long[variables + 1];
        this.firsts = new long[variables + 1];
    }

    /** Adds {@code count} places {@code stride} floats apart, the first at {@code offset}, all behind those before. */
    void add(long offset, long stride, long count) {
        offsets[variables] = offset;
        strides[variables] = stride;
        firsts[variables + 1] = firsts[variables] + count;
        variables++;
    }

    /** Adds the last place, the end of the vector. */
    void end(long length) {
        offsets[variables] = length;
    }

    /** Number of the last place. */
    long last() {
        return firsts[variables];
    }

    /** Where the place lies, in floats. */
    long offset(long place) {
        int found = Arrays.binarySearch(firsts, 0, variables + 1, place);
        int variable = found >= 0 ? found : -found - 2;
        return offsets[variable] + (place - firsts[variable]) * strides[variable];
    }

    /** The place next to {@code offset}; of two that are equally near the later one. */
    long nearest(long offset) {
        long low = 0;
        long high = last();
        while (low < high) {
            long middle = (low + high + 1) / 2;
            if (offset(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        boolean later = low < last() && offset(low + 1) - offset <= offset - offset(low);
        return later ? low + 1 : low;
    }
}
