package io.covey.trainer.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes a LevelDB table as TensorFlow does ({@code core/lib/io/table_builder.cc}): blocks of sorted keys and values, an
 * empty metaindex block, the index block and the footer. Byte for byte the same as TensorFlow's.
 */
final class TableWriter {
    /** TensorFlow's default; LevelDB's is 4096. */
    private static final int BLOCK_SIZE = 262144;

    private static final int RESTART_INTERVAL = 16;

    private final OutputStream out;
    private final BlockBuilder data = new BlockBuilder(RESTART_INTERVAL);
    private final BlockBuilder index = new BlockBuilder(1);
    private long position;
    private byte[] lastKey;
    /** Block that has no index entry yet: its separator depends on the key that comes next. */
    private BlockHandle pending;

    TableWriter(OutputStream out) {
        this.out = out;
    }

    /** Adds an entry; keys must come in strictly increasing unsigned order. */
    void add(byte[] key, byte[] value) throws IOException {
        if (lastKey != null && Arrays.compareUnsigned(key, lastKey) <= 0) {
            throw new IllegalArgumentException("keys are not strictly increasing");
        }
        if (lastKey != null && (long) key.length + value.length >= 2L * BLOCK_SIZE) {
            flush();
        }
        if (pending != null) {
            addToIndex(separator(lastKey, key));
        }
        data.add(key, value);
        lastKey = key;
        if (data.size() >= BLOCK_SIZE) {
            flush();
        }
    }

    /** Writes what is left and the end of the table; does not close the stream. */
    void finish() throws IOException {
        flush();
        BlockHandle metaindex = write(new BlockBuilder(RESTART_INTERVAL).finish());
        if (pending != null) {
            addToIndex(successor(lastKey));
        }
        BlockHandle indexHandle = write(index.finish());
        out.write(new Footer(metaindex, indexHandle).encode());
    }

    private void flush() throws IOException {
        if (!data.isEmpty()) {
            pending = write(data.finish());
        }
    }

    private BlockHandle write(byte[] block) throws IOException {
        BlockHandle handle = new BlockHandle(position, block.length);
        byte[] typed = Arrays.copyOf(block, block.length + 1);
        WireWriter trailed = new WireWriter().bytes(typed).fixed32(MaskedCrc32c.of(typed, 0, typed.length));
        out.write(trailed.toByteArray());
        position += trailed.length();
        return handle;
    }

    private void addToIndex(byte[] key) {
        WireWriter handle = new WireWriter();
        pending.encode(handle);
        index.add(key, handle.toByteArray());
        pending = null;
    }

    /** A short key k with {@code last <= k < next}. */
    static byte[] separator(byte[] last, byte[] next) {
        int i = Arrays.mismatch(last, next);
        boolean bothHaveIt = i >= 0 && i < Math.min(last.length, next.length);
        if (bothHaveIt && last[i] != (byte) 0xFF && (last[i] & 0xFF) + 1 < (next[i] & 0xFF)) {
            byte[] key = Arrays.copyOf(last, i + 1);
            key[i]++;
            return key;
        }
        return last;
    }

    /** A short key that is not before {@code last}. */
    static byte[] successor(byte[] last) {
        for (int i = 0; i < last.length; i++) {
            if (last[i] != (byte) 0xFF) {
                byte[] key = Arrays.copyOf(last, i + 1);
                key[i]++;
                return key;
            }
        }
        return last;
    }
}
