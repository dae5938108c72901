package io.covey.server.exchange;

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
    private final int[] next;

    /** @param codec null where gradients travel as they are */
    ShardGradients(int contributions, ChunkedRange range, ChunkCodec codec) {
        this.range = range;
        this.codec = codec;
        this.decoded = NativeFloats.allocate(codec == null ? 0 : range.length(0));
        this.addresses = new long[contributions];
        this.residuals = new long[contributions];
        this.next = new int[contributions];
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
        next[contribution] = 0;
    }

    /** Whether the contribution is here. */
    boolean has(int contribution) {
        return addresses[contribution] != NONE;
    }

    /** The chunks of a contribution, one after the other; the number of chunks when there are no more. */
    int nextChunk(int contribution) {
        return next[contribution] < range.chunks() ? next[contribution]++ : range.chunks();
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
