package io.covey.server.membership;

/**
 * What a job asks of its membership.
 *
 * @param workers number of workers that training starts with
 * @param minWorkers fewest that it goes on with
 * @param maxWorkers most that it uses, at most one per virtual shard
 * @param virtualShards number of virtual shards
 * @param servers number of server shards
 * @param replicas copies of each server shard in other processes, 0 or 1
 * @param dedicated number of members that host the server shards and train nothing; 0 if the workers host them
 * @param startNs deadline for workers to come, and for their data to be loaded
 * @param pauseNs deadline for a worker to stand still
 */
public record MembershipRules(
        int workers,
        int minWorkers,
        int maxWorkers,
        int virtualShards,
        int servers,
        int replicas,
        int dedicated,
        long startNs,
        long pauseNs) {
    /** Workers host the server shards. */
    public MembershipRules(
            int workers,
            int minWorkers,
            int maxWorkers,
            int virtualShards,
            int servers,
            int replicas,
            long startNs,
            long pauseNs) {
        this(workers, minWorkers, maxWorkers, virtualShards, servers, replicas, 0, startNs, pauseNs);
    }
}
