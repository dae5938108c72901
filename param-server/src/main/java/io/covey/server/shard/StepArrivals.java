package io.covey.server.shard;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;

/** Which chunks of the contributions to the step in work have arrived at a shard. Used by the shard's thread. */
final class StepArrivals {
    private final int[] owners;
    private final int chunks;
    /** By chunk and contribution. */
    private final BitSet arrived;
    /** By contribution. */
    private final int[] arrivedChunks;

    /**
     * @param owners worker of each contribution
     * @param chunks of a contribution
     */
    StepArrivals(int[] owners, int chunks) {
        this.owners = owners;
        this.chunks = chunks;
        this.arrived = new BitSet(chunks * owners.length);
        this.arrivedChunks = new int[owners.length];
    }

    /** Begins a step. */
    void clear() {
        arrived.clear();
        Arrays.fill(arrivedChunks, 0);
    }

    boolean has(int contribution, int chunk) {
        return arrived.get(chunk * owners.length + contribution);
    }

    void add(int contribution, int chunk) {
        arrived.set(chunk * owners.length + contribution);
        arrivedChunks[contribution]++;
    }

    /** Workers whose contributions have not all arrived. */
    Set<Integer> missing() {
        Set<Integer> missing = new TreeSet<>();
        for (int i = 0; i < owners.length; i++) {
            if (arrivedChunks[i] < chunks) {
                missing.add(owners[i]);
            }
        }
        return missing;
    }
}
