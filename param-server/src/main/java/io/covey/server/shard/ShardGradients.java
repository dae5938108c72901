package io.covey.server.shard;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.NativeFloats;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Contributions to a shard as it is to add them: those in frames, where they lie or decoded, and the hosting worker's own, where
 * they lie. Where gradients travel encoded, these too become what their code says, for the bits must not depend on who hosts
 * the shard. Used by the shard's thread.
 */
final class ShardGradients implements AutoCloseable {
    private static final long NONE = 0;

    private final ChunkedRange range;
    private final ChunkCodec codec;
    /** A chunk of a frame. */
    private final NativeFloats decoded;
    // Of the hosting worker, by contribution.
    private final long[] addresses;
    private final long[] residuals;
    /** Chunks that were not asked for, from the first on: they go from the last to the first. */
    private final int[] left;
    /** Chunks before this one are not final. */
    private final int[] finalFrom;

    /** @param codec null where gradients travel as they are */
    ShardGradients(int contributions, ChunkedRange range, ChunkCodec codec) {
        this.range = range;
        this.codec = codec;
        this.decoded = NativeFloats.allocate(codec == null ? 0 : range.length(0));
        this.addresses = new long[contributions];
        this.residuals = new long[contributions];
        this.left = new int[contributions];
        this.finalFrom = new int[contributions];
    }

    /** Bytes of a chunk in its frame. */
    int bytes(int chunk) {
        int floats = range.length(chunk);
        return codec == null ? floats * Float.BYTES : codec.bytes(range.start(chunk), floats);
    }

    /** Address of the first float of a chunk that came in a frame, valid until the next call. */
    long receive(int chunk, DirectBuffer buffer, int offset) {
        if (codec == null) {
            return buffer.addressOffset() + offset;
        }
        codec.decode(range.start(chunk), range.length(chunk), buffer, offset, decoded.address());
        return decoded.address();
    }

    /** Begins a step. */
    void clear() {
        Arrays.fill(addresses, NONE);
    }

    /**
     * Takes a contribution of the hosting worker.
     *
     * @param residual what those before it have left out, or null
     */
    void begin(int contribution, NativeFloats gradientSum, NativeFloats residual) {
        long offset = range.range().offset();
        addresses[contribution] = gradientSum.address(offset);
        residuals[contribution] = residual == null ? ChunkCodec.NO_RESIDUAL : residual.address(offset);
        left[contribution] = range.chunks();
        finalFrom[contribution] = range.chunks();
    }

    /** A contribution of the hosting worker is final from {@code chunk} on. */
    void release(int contribution, int chunk) {
        finalFrom[contribution] = chunk;
    }

    /** Whether {@code chunk} of the hosting worker's contribution is here. */
    boolean has(int contribution, int chunk) {
        return addresses[contribution] != NONE && chunk >= finalFrom[contribution];
    }

    /** The chunks of a contribution that are final, one after the other; -1 when there are no more (yet). */
    int nextChunk(int contribution) {
        return left[contribution] > finalFrom[contribution] ? --left[contribution] : -1;
    }

    /** Address of one chunk's first float as the shard is to add it; called once for each. */
    long take(int contribution, int chunk) {
        long start = range.start(chunk);
        long address = addresses[contribution] + start * Float.BYTES;
        if (codec != null) {
            boolean kept = residuals[contribution] != ChunkCodec.NO_RESIDUAL;
            long residual = kept ? residuals[contribution] + start * Float.BYTES : ChunkCodec.NO_RESIDUAL;
            codec.roundTrip(start, range.length(chunk), address, residual, address);
        }
        return address;
    }

    @Override
    public void close() {
        decoded.close();
    }
}
