package io.covey.trainer.checkpoint;

/**
 * Where a block of a table lies.
 *
 * @param offset first byte in the file
 * @param size number of bytes, the trailer not counted
 */
record BlockHandle(long offset, long size) {
    void encode(WireWriter target) {
        target.varint(offset).varint(size);
    }

    static BlockHandle decode(WireReader source) throws MalformedException {
        return new BlockHandle(source.varint(), source.varint());
    }
}
