package io.covey.trainer.checkpoint;

import java.util.Arrays;

/**
 * Builds a block of a table: entries in key order, each storing only the part of its key that differs from the key before,
 * except at restart points; then the offsets of the restart points and their number.
 */
final class BlockBuilder {
    private final int restartInterval;
    private final WireWriter entries = new WireWriter();
    private final WireWriter restarts = new WireWriter();
    private byte[] lastKey = {};
    private int sinceRestart;

    /** @param restartInterval entries from one restart point to the next */
    BlockBuilder(int restartInterval) {
        this.restartInterval = restartInterval;
        reset();
    }

    private void reset() {
        entries.clear();
        restarts.clear();
        restarts.fixed32(0);
        sinceRestart = 0;
        lastKey = new byte[0];
    }

    void add(byte[] key, byte[] value) {
        int shared = 0;
        if (sinceRestart < restartInterval) {
            int mismatch = Arrays.mismatch(lastKey, key);
            shared = mismatch < 0 ? key.length : mismatch;
        } else {
            restarts.fixed32(entries.length());
            sinceRestart = 0;
        }
        entries.varint(shared)
                .varint(key.length - shared)
                .varint(value.length)
                .bytes(key, shared, key.length - shared)
                .bytes(value);
        lastKey = key;
        sinceRestart++;
    }

    boolean isEmpty() {
        return entries.length() == 0;
    }

    byte[] lastKey() {
        return lastKey;
    }

    /** Bytes that {@link #finish} would return now. */
    int size() {
        return entries.length() + restarts.length() + Integer.BYTES;
    }

    /** The block's bytes; the builder starts anew. */
    byte[] finish() {
        entries.append(restarts).fixed32(restarts.length() / Integer.BYTES);
        byte[] block = entries.toByteArray();
        reset();
        return block;
    }
}
