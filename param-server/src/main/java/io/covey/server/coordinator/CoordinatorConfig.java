package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.trainer.CoveyException;
import io.covey.trainer.training.TrainingSpec;

/**
 * Settings of a {@link Coordinator}.
 *
 * @param jobId name of the job, the same in all its processes
 * @param workers number of workers W, from 1 to the number of virtual shards
 * @param servers number of server shards S, at least 1
 * @param spec what is trained
 * @param timeouts how long to wait
 */
public record CoordinatorConfig(String jobId, int workers, int servers, TrainingSpec spec, ClusterTimeouts timeouts) {
    /** @throws CoveyException a caller's error when a number is out of its range */
    public CoordinatorConfig {
        if (workers < 1 || workers > spec.virtualShards()) {
            throw CoveyException.caller("cluster.workers is " + workers
                    + ", it must be in [1, cluster.virtual_shards = " + spec.virtualShards()
                    + "]: each worker trains at least one virtual shard");
        }
        try {
            spec.model().layout().cut(servers);
        } catch (IllegalArgumentException e) {
            throw CoveyException.caller("cluster." + e.getMessage(), e);
        }
    }
}
