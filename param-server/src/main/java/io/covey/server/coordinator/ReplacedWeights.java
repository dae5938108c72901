package io.covey.server.coordinator;

import io.covey.server.control.FloatsCodec;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ShardRange;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.agrona.CloseHelper;

/**
 * Weights that a callback has put in place of the trained ones, by the step before which it did, since the newest checkpoint:
 * a run that goes back to an earlier step must replace them again. Used by the loop's thread.
 */
final class ReplacedWeights implements AutoCloseable {
    /**
     * Part of a server shard.
     *
     * @param shard number of the shard
     * @param offset in the flat vector
     */
    record Part(int shard, long offset, FloatBuffer values) {}

    private final TreeMap<Long, NativeFloats> byStep = new TreeMap<>();
    private final VectorKernels kernels = new VectorKernels();

    /** The weights are these before {@code step}: keeps a copy. */
    void put(long step, NativeFloats weights) {
        NativeFloats copy = NativeFloats.allocate(weights.length());
        kernels.copy(copy.address(), weights.address(), weights.length());
        CloseHelper.close(byStep.put(step, copy));
    }

    /** The first step from {@code step} on before which weights were replaced. */
    OptionalLong firstFrom(long step) {
        Long first = byStep.ceilingKey(step);
        return first == null ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /** What was put before {@code step}, in parts that a message takes. */
    List<Part> parts(long step, List<ShardRange> shards) {
        NativeFloats weights = byStep.get(step);
        List<Part> parts = new ArrayList<>();
        for (ShardRange shard : shards) {
            for (long from = shard.offset(); from < shard.end(); from += FloatsCodec.MAX_FLOATS) {
                int length = (int) Math.min(FloatsCodec.MAX_FLOATS, shard.end() - from);
                parts.add(new Part(shard.shard(), from, weights.buffer(from, length)));
            }
        }
        return parts;
    }

    /** What happened before {@code step} is in a checkpoint. */
    void forgetBefore(long step) {
        Map<Long, NativeFloats> old = byStep.headMap(step);
        CloseHelper.closeAll(old.values());
        old.clear();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(byStep.values());
        byStep.clear();
    }
}
