package io.covey.server.membership;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Members of a job and the placement of server shards and virtual shards among them. Immutable; a change of membership is a
 * new topology with the next epoch, and frames of other epochs are dropped. Members are named by their rank, the index in
 * {@code members}; a worker's number stays the same in all memberships.
 *
 * @param epoch number of this membership, from 0
 * @param members by rank, dedicated servers after all who train
 * @param shardHosts member that hosts each server shard
 * @param replicaHosts member in another process that keeps a copy of each server shard, or {@link #NONE}
 * @param leafOwners member that owns each virtual shard
 * @param chunkLength floats per data frame, the same on every link
 */
public record Topology(
        int epoch,
        List<Member> members,
        List<Integer> shardHosts,
        List<Integer> replicaHosts,
        List<Integer> leafOwners,
        int chunkLength) {
    /** In place of a member: nobody. */
    public static final int NONE = -1;

    public Topology {
        members = List.copyOf(members);
        shardHosts = List.copyOf(shardHosts);
        replicaHosts = List.copyOf(replicaHosts);
        leafOwners = List.copyOf(leafOwners);
    }

    /** A topology without replicas. */
    public Topology(
            int epoch, List<Member> members, List<Integer> shardHosts, List<Integer> leafOwners, int chunkLength) {
        this(epoch, members, shardHosts, Collections.nCopies(shardHosts.size(), NONE), leafOwners, chunkLength);
    }

    /** Index among {@link #members} of the worker with this number, {@link #NONE} for a stranger. */
    public int rankOf(int worker) {
        for (int rank = 0; rank < members.size(); rank++) {
            if (members.get(rank).worker() == worker) {
                return rank;
            }
        }
        return NONE;
    }

    /** Numbers of all members' workers. */
    public List<Integer> workers() {
        return members.stream().map(Member::worker).toList();
    }

    /** Whether shards have replicas, and so keep what a step overwrites until it is done everywhere. */
    public boolean isReplicated() {
        return replicaHosts.stream().anyMatch(host -> host != NONE);
    }

    /** Members that train: the first ranks. */
    public int trainers() {
        return (int) members.stream().filter(m -> !m.dedicated()).count();
    }

    /** Whether a worker hosts a shard whose replica a dedicated server keeps: the two can change places. */
    boolean canMoveHome() {
        return IntStream.range(0, shardHosts.size())
                .anyMatch(s -> !members.get(shardHosts.get(s)).dedicated()
                        && replicaHosts.get(s) != NONE
                        && members.get(replicaHosts.get(s)).dedicated());
    }

    /** Owner of each virtual shard when {@code workers} share {@code virtualShards} in contiguous, nearly equal runs. */
    public static List<Integer> contiguous(int virtualShards, int workers) {
        return IntStream.range(0, virtualShards)
                .mapToObj(v -> (int) ((long) v * workers / virtualShards))
                .toList();
    }

    /** Virtual shards of the member of this rank. */
    public Set<Integer> leavesOf(int rank) {
        Set<Integer> leaves = new TreeSet<>();
        for (int v = 0; v < leafOwners.size(); v++) {
            if (leafOwners.get(v) == rank) {
                leaves.add(v);
            }
        }
        return leaves;
    }
}
