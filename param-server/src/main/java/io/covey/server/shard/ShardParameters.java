package io.covey.server.shard;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import io.covey.server.wire.ChunkCodec;
import io.covey.trainer.memory.NativeFloats;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parameters of a server shard, and what workers make of their code. Where parameters travel as they are the two are one:
 * the hosting worker's flat vector.
 *
 * @param exact what the shard updates and saves
 * @param decoded the range of the hosting worker's flat vector
 * @param codec null where parameters travel as they are
 */
record ShardParameters(ChunkedRange range, NativeFloats exact, NativeFloats decoded, ChunkCodec codec)
        implements AutoCloseable {
    static ShardParameters of(ChunkedRange range, ExchangeConfig config, NativeFloats flatParameters) {
        NativeFloats flat =
                flatParameters.slice(range.range().offset(), range.range().length());
        ChunkCodec codec = config.parameterCodec(range);
        return new ShardParameters(range, codec == null ? flat : NativeFloats.allocate(flat.length()), flat, codec);
    }

    /** Decodes a chunk that has changed. */
    void changed(int chunk) {
        if (codec != null) {
            long start = range.start(chunk);
            codec.roundTrip(
                    start, range.length(chunk), exact.address(start), ChunkCodec.NO_RESIDUAL, decoded.address(start));
        }
    }

    /** Publishes a chunk; false when {@code publication} has no room yet. */
    boolean tryPublish(FramePublication publication, int chunk, long step, boolean last) {
        int type = FrameHeader.PARAMETERS;
        int flags = last ? FrameHeader.LAST_STEP : 0;
        long address = exact.address(range.start(chunk));
        return codec == null
                ? publication.tryPublish(type, flags, step, 0, chunk, 0, 0f, address, range.length(chunk))
                : publication.tryPublish(
                        type, flags, step, 0, chunk, 0, 0f, codec, range, address, ChunkCodec.NO_RESIDUAL);
    }

    /** What only the replica is sent: the slots, and the parameters if all others get them encoded. */
    List<NativeFloats> replicaVectors(List<NativeFloats> slots) {
        return codec == null
                ? slots
                : Stream.concat(slots.stream(), Stream.of(exact)).toList();
    }

    @Override
    public void close() {
        if (codec != null) {
            exact.close();
        }
    }
}
