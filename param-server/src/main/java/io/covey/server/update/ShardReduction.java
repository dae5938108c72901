package io.covey.server.update;

import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.training.ReductionTree;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.agrona.CloseHelper;

/**
 * Adds the contributions to a shard's gradient along the reduction tree, each chunk by itself, in whatever order they
 * arrive: IEEE addition commutes, so {@code sibling += arriving} gives the tree's bits either way.
 *
 * <p>A contribution waits for its sibling in memory that may be written: where it lies if it is a local worker's gradient,
 * else in a buffer. Of two siblings at most one waits, so there is one buffer per pair. Not thread-safe.
 */
public final class ShardReduction implements AutoCloseable {
    /** What {@link #add} returns while contributions are missing; no memory has this address. */
    public static final long INCOMPLETE = 0;

    private final VectorKernels kernels = new VectorKernels();
    private final ReductionTree tree;
    private final ChunkedRange range;
    /** By tree node: which pair of siblings it belongs to, 0 for the root; -1 below the contributions. */
    private final int[] pairOf;
    /** By pair: where a contribution from elsewhere waits; null where none comes from elsewhere. */
    private final NativeFloats[] buffers;
    /** By chunk and pair: address of the sum that waits for its sibling. */
    private final long[] waiting;

    /**
     * @param tree over all virtual shards
     * @param nodes all contributions' nodes: their subtrees cover the leaves, each once
     * @param local those among them whose memory may be written
     * @param range of the shard
     */
    public ShardReduction(ReductionTree tree, List<Integer> nodes, Set<Integer> local, ChunkedRange range) {
        this.tree = tree;
        this.range = range;
        pairOf = new int[tree.nodes()];
        Arrays.fill(pairOf, -1);
        pairOf[ReductionTree.ROOT] = 0;
        int pairs = 1;
        for (int node : nodes) {
            for (int n = node; pairOf[n] < 0; n = tree.parent(n)) {
                pairOf[n] = pairs;
                pairOf[tree.sibling(n)] = pairs;
                pairs++;
            }
        }
        buffers = new NativeFloats[pairs];
        for (int node : nodes) {
            if (!local.contains(node) && buffers[pairOf[node]] == null) {
                buffers[pairOf[node]] = NativeFloats.allocate(range.range().length());
            }
        }
        waiting = new long[range.chunks() * pairs];
    }

    /**
     * Adds one node's chunk. The caller has made sure that it comes once per step.
     *
     * @param chunk of the range
     * @param node of the tree, one of the contributions'
     * @param address of the chunk's first float
     * @param writable whether the memory is the shard's to overwrite until the step is done
     * @return address of the sum over all leaves, in memory that may be written, when the chunk is complete, else
     *     {@link #INCOMPLETE}
     */
    public long add(int chunk, int node, long address, boolean writable) {
        int length = range.length(chunk);
        int at = node;
        long sum = address;
        boolean sumWritable = writable;
        while (at != ReductionTree.ROOT) {
            int slot = chunk * buffers.length + pairOf[at];
            long sibling = waiting[slot];
            if (sibling == 0) {
                waiting[slot] = sumWritable ? sum : copy(pairOf[at], chunk, sum, length);
                return INCOMPLETE;
            }
            waiting[slot] = 0;
            kernels.add(sibling, sum, length);
            sum = sibling;
            sumWritable = true;
            at = tree.parent(at);
        }
        return sumWritable ? sum : copy(pairOf[at], chunk, sum, length);
    }

    private long copy(int pair, int chunk, long address, int length) {
        long target = buffers[pair].address(range.start(chunk));
        kernels.copy(target, address, length);
        return target;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(buffers);
    }
}
