package io.covey.trainer.checkpoint;

/**
 * The last bytes of a table.
 *
 * @param metaindex block of the table's meta blocks, empty in a bundle
 * @param index block that names the data blocks
 */
record Footer(BlockHandle metaindex, BlockHandle index) {
    static final int LENGTH = 48;

    private static final long MAGIC = 0xDB4775248B80FB57L;

    byte[] encode() {
        WireWriter footer = new WireWriter();
        metaindex.encode(footer);
        index.encode(footer);
        while (footer.length() < LENGTH - Long.BYTES) {
            footer.u8(0);
        }
        return footer.fixed64(MAGIC).toByteArray();
    }

    static Footer decode(byte[] table) throws MalformedException {
        if (table.length < LENGTH) {
            throw new MalformedException(
                    0, "the file has " + table.length + " bytes, too short to be an sstable (a table has at least 48)");
        }
        int magicOffset = table.length - Long.BYTES;
        if (new WireReader(table, magicOffset, table.length).fixed64() != MAGIC) {
            throw new MalformedException(
                    magicOffset, "not an sstable (bad magic number): the file is truncated or damaged");
        }
        WireReader handles = new WireReader(table, table.length - LENGTH, magicOffset);
        return new Footer(BlockHandle.decode(handles), BlockHandle.decode(handles));
    }
}
