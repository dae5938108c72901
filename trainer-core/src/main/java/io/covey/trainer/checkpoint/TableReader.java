package io.covey.trainer.checkpoint;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Reads a whole table into memory and verifies all of it. */
final class TableReader {
    private TableReader() {}

    /** The values of a table's file by their keys, in unsigned order; each reader's positions are offsets in the file. */
    static NavigableMap<byte[], WireReader> read(byte[] table) throws MalformedException {
        Footer footer = Footer.decode(table);
        Block metaindex = Block.open(table, footer.metaindex());
        if (metaindex.hasNext()) {
            throw new MalformedException(footer.metaindex().offset(), "the table has meta blocks, a bundle has none");
        }
        NavigableMap<byte[], WireReader> values = new TreeMap<>(Arrays::compareUnsigned);
        Block index = Block.open(table, footer.index());
        while (index.hasNext()) {
            BlockHandle handle = BlockHandle.decode(index.next());
            readData(Block.open(table, handle), values);
            if (!values.isEmpty() && Arrays.compareUnsigned(index.key(), values.lastKey()) < 0) {
                throw new MalformedException(
                        handle.offset(), "a block holds keys behind the one that the index gives it");
            }
        }
        return values;
    }

    private static void readData(Block block, NavigableMap<byte[], WireReader> values) throws MalformedException {
        while (block.hasNext()) {
            WireReader value = block.next();
            if (!values.isEmpty() && Arrays.compareUnsigned(block.key(), values.lastKey()) <= 0) {
                throw value.malformed("keys are not strictly increasing");
            }
            values.put(block.key(), value);
        }
    }
}
