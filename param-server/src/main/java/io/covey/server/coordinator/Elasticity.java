package io.covey.server.coordinator;

/**
 * How far a run's workers may come and go.
 *
 * @param minWorkers {@code cluster.min_workers}: fewest that training goes on with
 * @param maxWorkers {@code cluster.max_workers}: most that are used
 * @param replicas {@code cluster.replicas}: copies of each server shard in the memory of another process, 0 or 1
 */
public record Elasticity(int minWorkers, int maxWorkers, int replicas) {
    /** All workers are needed; a lost one must be replaced, and training goes back to the newest checkpoint then. */
    public static Elasticity fixed(int workers) {
        return new Elasticity(workers, workers, 0);
    }
}
