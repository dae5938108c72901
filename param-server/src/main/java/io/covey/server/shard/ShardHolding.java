package io.covey.server.shard;

import io.covey.server.exchange.RetainedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** What a worker can restore a server shard from: its own shard, or the replica of another worker's. */
public final class ShardHolding implements AutoCloseable {
    private final ShardRange range;
    private final List<RetainedFloats> vectors;

    /** @param vectors parameters, then slots */
    public ShardHolding(ShardRange range, List<RetainedFloats> vectors) {
        this.range = range;
        this.vectors = List.copyOf(vectors);
    }

    /** Of a shard's own vectors, which stay the caller's to close. */
    static ShardHolding of(ChunkedRange range, NativeFloats parameters, List<NativeFloats> slots) {
        List<RetainedFloats> vectors = new ArrayList<>();
        vectors.add(new RetainedFloats(range, parameters));
        slots.forEach(slot -> vectors.add(new RetainedFloats(range, slot)));
        return new ShardHolding(range.range(), vectors);
    }

    /** See {@link RetainedFloats#reset}. */
    void reset(long step) {
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).reset(step);
        }
    }

    /** See {@link RetainedFloats#advance}. */
    void advance(long step) {
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).advance(step);
        }
    }

    /** See {@link RetainedFloats#save}. */
    void save(int chunk) {
        for (int i = 0; i < vectors.size(); i++) {
            vectors.get(i).save(chunk);
        }
    }

    /** Number of the shard. */
    public int shard() {
        return range.shard();
    }

    /** The newest step before which the shard's state is known. */
    public long step() {
        return vectors.stream().mapToLong(RetainedFloats::step).min().orElseThrow();
    }

    /** Whether the state before {@code step} is known. */
    public boolean holds(long step) {
        return vectors.stream().allMatch(vector -> vector.holds(step));
    }

    /**
     * Gives {@code target} the state before {@code step}.
     *
     * @throws IllegalArgumentException when that is not known
     */
    public void copyTo(HostedShard target, long step) {
        if (!holds(step)) {
            throw new IllegalArgumentException("the state of server shard " + shard() + " before step " + step
                    + " is not known here, the newest is that before step " + step());
        }
        vectors.get(0).copyTo(target.parameters(), step);
        List<NativeFloats> slots = target.slots();
        for (int i = 0; i < slots.size(); i++) {
            vectors.get(i + 1).copyTo(slots.get(i), step);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(vectors);
    }
}
