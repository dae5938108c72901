package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.trainer.CoveyException;
import io.covey.trainer.optimizer.UpdatePlan;
import io.covey.trainer.training.TrainingSpec;

/**
 * Settings of a {@link Coordinator}.
 *
 * @param jobId name of the job, the same in all its processes
 * @param workers number of workers W, from 1 to the number of virtual shards
 * @param servers number of server shards S, at least 1
 * @param dedicated number of members that host the server shards and train nothing; 0 if the workers host them
 * @param spec what is trained
 * @param timeouts how long to wait
 * @param elasticity how far workers may come and go
 */
public record CoordinatorConfig(
        String jobId,
        int workers,
        int servers,
        int dedicated,
        TrainingSpec spec,
        ClusterTimeouts timeouts,
        Elasticity elasticity) {
    /** @throws CoveyException a caller's error when a number is out of its range */
    public CoordinatorConfig {
        if (workers < 1 || workers > spec.virtualShards()) {
            throw CoveyException.caller("cluster.workers is " + workers
                    + ", it must be in [1, cluster.virtual_shards = " + spec.virtualShards()
                    + "]: each worker trains at least one virtual shard");
        }
        try {
            new UpdatePlan(spec.model().layout(), spec.optimizer()).cut(servers);
        } catch (IllegalArgumentException e) {
            throw CoveyException.caller("cluster." + e.getMessage(), e);
        }
        if (dedicated < 0 || dedicated > servers) {
            throw CoveyException.caller("cluster.servers.dedicated is " + dedicated
                    + ", it must be at most the number of server shards, " + servers);
        }
        int min = elasticity.minWorkers();
        int max = elasticity.maxWorkers();
        if (min < 1 || min > workers) {
            throw CoveyException.caller(
                    "cluster.min_workers is " + min + ", it must be in [1, cluster.workers = " + workers + "]");
        }
        if (max < workers || max > spec.virtualShards()) {
            throw CoveyException.caller("cluster.max_workers is " + max + ", it must be in [cluster.workers = "
                    + workers + ", cluster.virtual_shards = " + spec.virtualShards() + "]");
        }
        if (elasticity.replicas() < 0 || elasticity.replicas() > 1) {
            throw CoveyException.caller("cluster.replicas is " + elasticity.replicas() + ", it must be 0 or 1");
        }
    }

    /** A run whose workers host the server shards. */
    public CoordinatorConfig(
            String jobId,
            int workers,
            int servers,
            TrainingSpec spec,
            ClusterTimeouts timeouts,
            Elasticity elasticity) {
        this(jobId, workers, servers, 0, spec, timeouts, elasticity);
    }

    /** A run whose workers are all needed. */
    public CoordinatorConfig(String jobId, int workers, int servers, TrainingSpec spec, ClusterTimeouts timeouts) {
        this(jobId, workers, servers, spec, timeouts, Elasticity.fixed(workers));
    }
}
