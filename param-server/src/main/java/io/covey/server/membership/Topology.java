package io.covey.server.membership;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Members of a job and the placement of server shards and virtual shards among them. Immutable; a change of membership is a
 * new topology with the next epoch, and frames of other epochs are dropped.
 *
 * @param epoch number of this membership, from 0
 * @param members by worker number
 * @param shardHosts worker that hosts each server shard
 * @param leafOwners worker that owns each virtual shard
 * @param chunkLength floats per data frame, the same on every link
 */
public record Topology(
        int epoch, List<Member> members, List<Integer> shardHosts, List<Integer> leafOwners, int chunkLength) {
    public Topology {
        members = List.copyOf(members);
        shardHosts = List.copyOf(shardHosts);
        leafOwners = List.copyOf(leafOwners);
    }

    /** Owner of each virtual shard when {@code workers} share {@code virtualShards} in contiguous, nearly equal runs. */
    public static List<Integer> contiguous(int virtualShards, int workers) {
        return IntStream.range(0, virtualShards)
                .mapToObj(v -> (int) ((long) v * workers / virtualShards))
                .toList();
    }

    /** Virtual shards of {@code worker}. */
    public Set<Integer> leavesOf(int worker) {
        Set<Integer> leaves = new TreeSet<>();
        for (int v = 0; v < leafOwners.size(); v++) {
            if (leafOwners.get(v) == worker) {
                leaves.add(v);
            }
        }
        return leaves;
    }

    /** Server shards on {@code worker}. */
    public List<Integer> shardsOf(int worker) {
        return IntStream.range(0, shardHosts.size())
                .filter(s -> shardHosts.get(s) == worker)
                .boxed()
                .toList();
    }
}
