package io.covey.server.frame;

import io.covey.trainer.model.ShardRange;

/**
 * A server shard's range, cut into chunks, each of which fits into one frame. Immutable.
 *
 * @param range the range
 * @param chunkLength floats per chunk; the last one may be shorter
 */
public record ChunkedRange(ShardRange range, int chunkLength) {
    /** Number of chunks. */
    public int chunks() {
        return Math.toIntExact((range.length() + chunkLength - 1) / chunkLength);
    }

    /** First float of {@code chunk}, counted from the start of the range. */
    public long start(int chunk) {
        return (long) chunk * chunkLength;
    }

    /** First float of {@code chunk} in the flat vector. */
    public long offset(int chunk) {
        return range.offset() + start(chunk);
    }

    /** The first chunk that begins at float {@code from} of the flat vector or after it; the number of chunks if none does. */
    public int firstChunkFrom(long from) {
        long start = Math.max(0, from - range.offset());
        return (int) Math.min((start + chunkLength - 1) / chunkLength, chunks());
    }

    /** Number of floats in {@code chunk}. */
    public int length(int chunk) {
        return (int) Math.min(chunkLength, range.length() - start(chunk));
    }

    /** Bytes that the whole range takes in a log, with {@code securityOverhead} bytes more per frame. */
    public long logBytes(int securityOverhead) {
        return range.length() * Float.BYTES + (long) chunks() * (ChunkLength.FRAME_OVERHEAD + securityOverhead);
    }
}
