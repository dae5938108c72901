package io.covey.server.shard;

import io.covey.server.exchange.SharedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.update.NormInbox;
import io.covey.trainer.memory.NativeFloats;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.CloseHelper;

/**
 * Where the workers of one process meet a server shard that one of them hosts. There is no log between them: gradients are
 * copied once, to where the shard adds them up, and parameters once, from where the shard updated them.
 *
 * <p>Progress is told by positions: the number of chunks handed over since the last synchronize, with the number of
 * synchronizes in the upper bits. A position is written after what it covers and read before it. All memory lives until the
 * last worker has left, so that a worker that fails never pulls it from under another.
 */
public final class InProcessShard {
    private static final int GENERATION_SHIFT = 40;
    private static final long COUNT_MASK = (1L << GENERATION_SHIFT) - 1;
    private static final int PRESENT = 1;
    private static final int LEFT = 2;
    /** Longs between two positions: different threads write them, so they keep to different cache lines. */
    private static final int STRIDE = 16;

    private static final Map<Key, InProcessShard> SHARDS = new HashMap<>();

    /**
     * Which shard of which job.
     *
     * @param aeronDirectory of the process' node
     * @param epoch of the membership
     * @param shard number of the shard
     */
    public record Key(String aeronDirectory, int epoch, int shard) {}

    private final Key key;
    private final ChunkedRange range;
    private final AtomicIntegerArray presence;
    private int users;

    // Gradients, by index of the contribution; written by the contributing worker.
    private final NativeFloats[] gradients;
    private final int[] samples;
    private final float[] learningRates;
    private final boolean[] lastWanted;
    private final AtomicLongArray contributed;

    // Parameters. The host writes the order in which chunks were updated, complemented in a last step.
    private final int[] order;
    private final AtomicLong published = new AtomicLong();
    private final AtomicLongArray consumed;
    private NormInbox norms;
    /** By worker: the last step of which it has all shards' parameters, if it contributes nothing. */
    private final AtomicLongArray taken;

    private volatile SharedFloats parameters;

    private InProcessShard(Key key, ChunkedRange range, int workers, int contributions) {
        this.key = key;
        this.range = range;
        presence = new AtomicIntegerArray(workers);
        gradients = new NativeFloats[contributions];
        samples = new int[contributions];
        learningRates = new float[contributions];
        lastWanted = new boolean[contributions];
        contributed = new AtomicLongArray(contributions * STRIDE);
        order = new int[range.chunks()];
        consumed = new AtomicLongArray(workers * STRIDE);
        taken = new AtomicLongArray(workers * STRIDE);
        for (int worker = 0; worker < workers; worker++) {
            taken.set(worker * STRIDE, Long.MIN_VALUE);
        }
    }

    /** The meeting place of a shard, made by the first worker to come. Each worker leaves it once. */
    public static InProcessShard join(Key key, ChunkedRange range, int workers, int contributions) {
        synchronized (SHARDS) {
            InProcessShard shard =
                    SHARDS.computeIfAbsent(key, k -> new InProcessShard(k, range, workers, contributions));
            shard.users++;
            return shard;
        }
    }

    /** {@code worker} touches nothing here any more. */
    public void leave(int worker) {
        presence.set(worker, LEFT);
        synchronized (SHARDS) {
            if (--users == 0) {
                SHARDS.remove(key, this);
                CloseHelper.closeAll(gradients);
                if (parameters != null) {
                    parameters.release();
                }
            }
        }
    }

    /** The position after {@code count} chunks since synchronize number {@code generation}. */
    public static long position(int generation, long count) {
        return ((long) generation << GENERATION_SHIFT) + count;
    }

    /** Whether {@code worker} is ready to send and to receive. */
    public boolean isPresent(int worker) {
        return presence.get(worker) == PRESENT;
    }

    /** Whether {@code worker} was here once and will not be again. */
    boolean hasLeft(int worker) {
        return presence.get(worker) == LEFT;
    }

    /**
     * Opens the shard, on its host: room for the contributions with these indexes, where the parameters are, and where other
     * shards' norms go.
     */
    void open(SharedFloats flatParameters, int[] contributions, NormInbox inbox) {
        norms = inbox;
        for (int contribution : contributions) {
            gradients[contribution] = NativeFloats.allocate(range.range().length());
        }
        flatParameters.retain();
        parameters = flatParameters;
    }

    /** Says that {@code worker} is ready; false while the host has not opened the shard. */
    public boolean enter(int worker) {
        if (parameters == null) {
            return false;
        }
        presence.set(worker, PRESENT);
        return true;
    }

    /** Where other shards' norms go, once {@link #enter} has said that the shard is open. */
    public NormInbox norms() {
        return norms;
    }

    /** Hands over the chunk of a contribution before {@code position}, whose floats are at {@link #gradientAddress}. */
    public void contribute(int contribution, int nodeSamples, float learningRate, boolean last, long position) {
        samples[contribution] = nodeSamples;
        learningRates[contribution] = learningRate;
        lastWanted[contribution] = last;
        contributed.setRelease(contribution * STRIDE, position);
    }

    /** How far a contribution has been handed over. */
    long contributed(int contribution) {
        return contributed.getAcquire(contribution * STRIDE);
    }

    /** Where one chunk of a contribution is handed over. */
    public long gradientAddress(int contribution, int chunk) {
        return gradients[contribution].address(range.start(chunk));
    }

    int samples(int contribution) {
        return samples[contribution];
    }

    float learningRate(int contribution) {
        return learningRates[contribution];
    }

    boolean isLastWanted(int contribution) {
        return lastWanted[contribution];
    }

    /** Says, on the host, that the parameters of {@code chunk} are new: the chunk before {@code position}. */
    void publish(int chunk, long position, boolean last) {
        order[orderIndex(position)] = last ? ~chunk : chunk;
        published.setRelease(position);
    }

    /** How far the parameters have been published. */
    public long published() {
        return published.getAcquire();
    }

    /** The chunk before {@code position}, complemented if it belongs to a last step. */
    public int publishedChunk(long position) {
        return order[orderIndex(position)];
    }

    /** Address of float {@code index} of the host's flat parameter vector. */
    public long parameterAddress(long index) {
        return parameters.floats().address(index);
    }

    /** Says that {@code worker} has taken the parameters before {@code position}. */
    public void consume(int worker, long position) {
        consumed.setRelease(worker * STRIDE, position);
    }

    /** How far {@code worker} has taken the parameters. */
    long consumed(int worker) {
        return consumed.getAcquire(worker * STRIDE);
    }

    /** Says that {@code worker}, which contributes nothing, has all shards' parameters after {@code step}. */
    public void take(int worker, long step) {
        taken.setRelease(worker * STRIDE, step);
    }

    /** The last step of which {@code worker} has said so. */
    long taken(int worker) {
        return taken.getAcquire(worker * STRIDE);
    }

    private int orderIndex(long position) {
        return (int) (((position & COUNT_MASK) - 1) % order.length);
    }
}
