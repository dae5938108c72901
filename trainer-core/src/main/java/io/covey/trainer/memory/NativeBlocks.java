package io.covey.trainer.memory;

import java.nio.FloatBuffer;

/**
 * Copies blocks of floats between raw native addresses and Java arrays, at memory speed and, in the long run, without
 * allocation. Java loops over arrays are vectorised by the JIT and round every operation as written; loops over buffers are
 * not vectorised.
 *
 * <p>Buffers over windows of the address space are kept and found again by address: not thread-safe.
 */
public final class NativeBlocks {
    /** Windows start at multiples of a gigabyte and reach over the next start, so that a block never spans two. */
    private static final int WINDOW_SHIFT = 30;

    private static final long WINDOW_MASK = (1L << WINDOW_SHIFT) - 1;
    private static final int WINDOW_FLOATS = (1 << (WINDOW_SHIFT - 2)) + NativeBlocks.MAX_LENGTH;
    private static final int WINDOWS = 64;

    /** The longest block, in floats. */
    public static final int MAX_LENGTH = 1 << 20;

    private final long[] keys = new long[WINDOWS];
    private final FloatBuffer[] windows = new FloatBuffer[WINDOWS];

    /** Copies {@code length} floats, at most {@link #MAX_LENGTH}, from a 4-byte-aligned address to the start of an array. */
    public void read(long address, float[] target, int length) {
        window(address).get(index(address), target, 0, length);
    }

    /** Copies the first {@code length} floats of an array, at most {@link #MAX_LENGTH}, to a 4-byte-aligned address. */
    public void write(long address, float[] source, int length) {
        window(address).put(index(address), source, 0, length);
    }

    /** Fills an array of any length from a 4-byte-aligned address. */
    public void readAll(long address, float[] target) {
        for (int done = 0; done < target.length; done += MAX_LENGTH) {
            long from = address + (long) done * Float.BYTES;
            window(from).get(index(from), target, done, Math.min(MAX_LENGTH, target.length - done));
        }
    }

    /** Copies an array of any length to a 4-byte-aligned address. */
    public void writeAll(long address, float[] source) {
        for (int done = 0; done < source.length; done += MAX_LENGTH) {
            long to = address + (long) done * Float.BYTES;
            window(to).put(index(to), source, done, Math.min(MAX_LENGTH, source.length - done));
        }
    }

    private static int index(long address) {
        return (int) ((address & WINDOW_MASK) >>> 2);
    }

    private FloatBuffer window(long address) {
        if ((address & (Float.BYTES - 1)) != 0) {
            throw new IllegalArgumentException("address " + Long.toHexString(address) + " is not that of a float");
        }
        long key = address >>> WINDOW_SHIFT;
        int slot = (int) key & (WINDOWS - 1);
        // Others may have the slot: the next free one is taken then, so that two windows do not drive each other out.
        for (int probe = 0; probe < WINDOWS && windows[slot] != null && keys[slot] != key; probe++) {
            slot = (slot + 1) & (WINDOWS - 1);
        }
        if (windows[slot] == null || keys[slot] != key) {
            keys[slot] = key;
            windows[slot] = new NativeAddress(key << WINDOW_SHIFT, WINDOW_FLOATS).asBuffer();
        }
        return windows[slot];
    }
}
