package io.covey.server.exchange;

import io.covey.trainer.model.ShardRange;

/**
 * A server shard's range, cut into chunks.
 *
 * @param range the range
 * @param chunkLength floats per chunk; the last one may be shorter
 */
record ChunkedRange(ShardRange range, int chunkLength) {
    /** Number of chunks. */
    int chunks() {
        return Math.toIntExact((range.length() + chunkLength - 1) / chunkLength);
    }

    /** First float of {@code chunk}, counted from the start of the range. */
    long start(int chunk) {
        return (long) chunk * chunkLength;
    }

    /** First float of {@code chunk} in the flat vector. */
    long offset(int chunk) {
        return range.offset() + start(chunk);
    }

    /** The first chunk that begins at float {@code from} of the flat vector or after it; the number of chunks if none does. */
    int firstChunkFrom(long from) {
        long start = Math.max(0, from - range.offset());
        return (int) Math.min((start + chunkLength - 1) / chunkLength, chunks());
    }

    /** Number of floats in {@code chunk}. */
    int length(int chunk) {
        return (int) Math.min(chunkLength, range.length() - start(chunk));
    }

    /** Bytes that the whole range takes in a log, with {@code securityOverhead} bytes more per frame. */
    long logBytes(int securityOverhead) {
        return range.length() * Float.BYTES + (long) chunks() * (ChunkLength.FRAME_OVERHEAD + securityOverhead);
    }
}
