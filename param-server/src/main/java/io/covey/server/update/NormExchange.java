package io.covey.server.update;

import io.covey.server.membership.FaultPoint;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.optimizer.NormSums;
import io.covey.trainer.optimizer.UpdatePlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A server shard's part in what updates by norms wait for: its own sums of each pass go to all other shards, theirs come into
 * the {@link #inbox}. Sums are exact, so that it does not matter how the vector is cut or who comes first. Used by the shard's
 * thread.
 */
public final class NormExchange {
    /** The way to another shard. */
    public interface Target {
        /**
         * Sends a part of the sums of {@code shard}: {@code floats} floats at {@code address}.
         *
         * @return false when there is no room yet
         */
        boolean trySend(int shard, int part, long step, long address, int floats);
    }

    private final int shard;
    private final int shards;
    private final NormParts parts;
    private final NormInbox inbox;
    private final UnsafeBuffer own;
    private final long[] state;
    private final VectorKernels kernels = new VectorKernels();
    private final List<Target> targets = new ArrayList<>();
    /** By target: how many parts of the step it has taken. */
    private final int[] sent;

    private long step;
    private int queued;

    NormExchange(UpdatePlan plan, int shard, int shards, int chunkLength) {
        this.shard = shard;
        this.shards = shards;
        parts = new NormParts(plan, chunkLength);
        inbox = new NormInbox(parts, shard, shards);
        own = new UnsafeBuffer(ByteBuffer.allocateDirect(parts.floats() * Float.BYTES));
        state = new long[parts.floats() / 2];
        sent = new int[shards - 1];
    }

    /**
     * Shows the way to all other shards.
     *
     * @param hosted the shards of this shard's worker, itself among them
     * @param others the ways to the shards of other workers
     */
    public void connect(List<NormExchange> hosted, List<? extends Target> others) {
        for (NormExchange other : hosted) {
            if (other != this) {
                targets.add((sender, part, ofStep, address, floats) -> {
                    other.inbox.put(sender, part, ofStep, address, kernels);
                    return true;
                });
            }
        }
        targets.addAll(others);
    }

    /** Where the other shards' sums arrive. */
    public NormInbox inbox() {
        return inbox;
    }

    /** Sends this shard's sums of a pass, now or in a later {@link #doWork}. The passes of a step follow each other. */
    void send(long newStep, int pass, NormSums sums) {
        if (pass == 0) {
            step = newStep;
            Arrays.fill(sent, 0);
        }
        sums.copyTo(pass, state);
        int at = parts.start(pass) * Float.BYTES;
        for (int i = 0; i < sums.stateLength(pass); i++) {
            own.putLong(at + i * Long.BYTES, state[i], ByteOrder.LITTLE_ENDIAN);
        }
        queued = parts.end(pass);
        FaultPoint.NORMS.reached(newStep);
        doWork();
    }

    /** Gives the other shards what they take; returns the number of parts. */
    int doWork() {
        int work = 0;
        for (int t = 0; t < sent.length; t++) {
            while (sent[t] < queued && trySend(targets.get(t), sent[t])) {
                sent[t]++;
                work++;
            }
        }
        return work;
    }

    private boolean trySend(Target target, int part) {
        long address = own.addressOffset() + (long) parts.offset(part) * Float.BYTES;
        return target.trySend(shard, part, step, address, parts.length(part));
    }

    /** Whether the other shards have been sent everything. */
    public boolean isSent() {
        for (int count : sent) {
            if (count < queued) {
                return false;
            }
        }
        return true;
    }

    /** Whether the sums of all other shards are there. */
    boolean isComplete(long ofStep, int pass) {
        for (int other = 0; other < shards; other++) {
            if (other != shard && !inbox.has(other, pass, ofStep)) {
                return false;
            }
        }
        return true;
    }

    /** Shards whose sums of a pass of a step are not there. */
    public List<Integer> missing(long ofStep, int pass) {
        List<Integer> missing = new ArrayList<>();
        for (int other = 0; other < shards; other++) {
            if (other != shard && !inbox.has(other, pass, ofStep)) {
                missing.add(other);
            }
        }
        return missing;
    }

    /** Forgets everything; between steps only. */
    public void reset() {
        queued = 0;
        inbox.reset();
    }
}
