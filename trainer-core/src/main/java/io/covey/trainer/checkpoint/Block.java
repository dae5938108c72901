package io.covey.trainer.checkpoint;

import java.util.Arrays;

/** Reads a block of a table entry by entry, front to back. */
final class Block {
    /** Compression type and checksum, behind every block. */
    static final int TRAILER_LENGTH = 1 + Integer.BYTES;

    private static final int UNCOMPRESSED = 0;

    private final WireReader entries;
    private byte[] key = {};

    private Block(WireReader entries) {
        this.entries = entries;
    }

    /** Opens the block at {@code handle} of a table and verifies its checksum. */
    static Block open(byte[] table, BlockHandle handle) throws MalformedException {
        long limit = (long) table.length - Footer.LENGTH - TRAILER_LENGTH;
        if (handle.offset() < 0 || handle.size() < 0 || handle.offset() > limit - handle.size()) {
            throw new MalformedException(
                    handle.offset(), "a block of " + handle.size() + " bytes does not lie within the file");
        }
        int from = (int) handle.offset();
        int to = from + (int) handle.size();
        int type = table[to];
        int stored = new WireReader(table, to + 1, to + TRAILER_LENGTH).fixed32();
        int computed = MaskedCrc32c.of(table, from, to - from + 1);
        if (stored != computed) {
            throw new MalformedException(
                    from,
                    "block checksum mismatch: stored " + Integer.toUnsignedString(stored) + ", computed "
                            + Integer.toUnsignedString(computed));
        }
        if (type != UNCOMPRESSED) {
            throw new MalformedException(
                    to, "the block has compression type " + type + ", checkpoints are written without compression");
        }
        return new Block(new WireReader(table, from, from + entriesLength(table, from, to)));
    }

    private static int entriesLength(byte[] table, int from, int to) throws MalformedException {
        if (to - from < 2 * Integer.BYTES) {
            throw new MalformedException(from, "a block of " + (to - from) + " bytes is too short");
        }
        long restarts = Integer.toUnsignedLong(new WireReader(table, to - Integer.BYTES, to).fixed32());
        long length = to - from - (restarts + 1) * Integer.BYTES;
        if (restarts < 1 || length < 0) {
            throw new MalformedException(to - Integer.BYTES, "the block says it has " + restarts + " restart points");
        }
        return (int) length;
    }

    boolean hasNext() {
        return entries.remaining() > 0;
    }

    /** Moves to the next entry: its value, while {@link #key} gives its key. */
    WireReader next() throws MalformedException {
        int shared = entries.length();
        int unshared = entries.length();
        int valueLength = entries.length();
        if (shared > key.length) {
            throw entries.malformed("an entry shares " + shared + " bytes with a key of " + key.length);
        }
        byte[] rest = entries.bytes(unshared);
        byte[] next = Arrays.copyOf(key, shared + unshared);
        System.arraycopy(rest, 0, next, shared, unshared);
        key = next;
        return entries.range(valueLength);
    }

    byte[] key() {
        return key;
    }
}
