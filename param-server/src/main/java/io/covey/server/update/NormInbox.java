package io.covey.server.update;

import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameHeader;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.optimizer.NormSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where the other server shards put the sums of their ranges for one shard. A shard's part is overwritten in the next step at
 * the soonest, which none begins before all have done this one. Each sender has a place of its own; the shard's thread reads.
 */
public final class NormInbox {
    private static final long NEVER = Long.MIN_VALUE;

    private final NormParts parts;
    private final int shard;
    private final int shards;
    /** The states of each shard's sums. */
    private final UnsafeBuffer states;
    /** By shard and part: the step of what lies there. */
    private final AtomicLongArray steps;

    private final long[] state;
    private final VectorKernels kernels = new VectorKernels();

    /** The inbox of shard number {@code shard} of {@code shards}. */
    NormInbox(NormParts parts, int shard, int shards) {
        this.parts = parts;
        this.shard = shard;
        this.shards = shards;
        states = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.multiplyExact(shards, bytes())));
        steps = new AtomicLongArray(shards * parts.count());
        state = new long[parts.floats() / 2];
        reset();
    }

    private int bytes() {
        return parts.floats() * Float.BYTES;
    }

    /** Forgets everything; between steps only. */
    void reset() {
        for (int i = 0; i < steps.length(); i++) {
            steps.set(i, NEVER);
        }
    }

    /**
     * Takes a frame of another process, if it belongs to {@code epoch} and {@code step}.
     *
     * @param header of the frame
     * @param address of the header
     * @param length of the frame in bytes, header included
     * @param dropped counts the frame if it is not used
     */
    public void onFrame(FrameHeader header, long address, int length, int epoch, long step, DroppedFrames dropped) {
        if (!expects(header.node(), header.chunk(), length - FrameHeader.LENGTH)) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch || header.step() != step) {
            dropped.countStale();
        } else if (!put(header.node(), header.chunk(), step, address + FrameHeader.LENGTH, kernels)) {
            dropped.countDuplicate();
        }
    }

    private boolean expects(int sender, int part, int bytes) {
        return sender >= 0
                && sender < shards
                && sender != shard
                && part >= 0
                && part < parts.count()
                && bytes == parts.length(part) * Float.BYTES;
    }

    /**
     * Takes a part from the shard {@code sender}; the parts of one sender come on one thread.
     *
     * @param address of the part's first float
     * @param kernels of the calling thread
     * @return false when it is there already
     */
    public boolean put(int sender, int part, long step, long address, VectorKernels kernels) {
        int index = sender * parts.count() + part;
        if (steps.get(index) == step) {
            return false;
        }
        long target = states.addressOffset() + (long) sender * bytes() + (long) parts.offset(part) * Float.BYTES;
        kernels.copy(target, address, parts.length(part));
        steps.setRelease(index, step);
        return true;
    }

    /** Whether {@code sender}'s sums of a pass are all there. */
    boolean has(int sender, int pass, long step) {
        for (int part = parts.first(pass); part < parts.end(pass); part++) {
            if (steps.getAcquire(sender * parts.count() + part) != step) {
                return false;
            }
        }
        return true;
    }

    /** Adds all other shards' sums of a pass to {@code totals}. */
    void addTo(NormSums totals, int pass) {
        int longs = totals.stateLength(pass);
        for (int sender = 0; sender < shards; sender++) {
            if (sender != shard) {
                int from = sender * bytes() + parts.start(pass) * Float.BYTES;
                for (int i = 0; i < longs; i++) {
                    state[i] = states.getLong(from + i * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
                }
                totals.merge(pass, state);
            }
        }
    }
}
