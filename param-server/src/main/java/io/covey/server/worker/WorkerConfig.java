package io.covey.server.worker;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.transport.TransportConfig;
import io.covey.trainer.training.TrainingSpec;

/**
 * Settings of a {@link WorkerRuntime}.
 *
 * @param worker number of the worker, from 0
 * @param dedicated whether it hosts server shards only, and trains nothing
 * @param coordinator the run to join
 * @param transport this process' place in the network, of the coordinator's job
 * @param spec what is trained
 * @param mode how workers keep in step
 * @param lanes micro-batches that run side by side
 * @param timeouts how long to wait
 * @param restorePrefix checkpoint to start from, or null to start with initial values
 */
public record WorkerConfig(
        int worker,
        boolean dedicated,
        CoordinatorAddress coordinator,
        TransportConfig transport,
        TrainingSpec spec,
        ExchangeMode mode,
        int lanes,
        ClusterTimeouts timeouts,
        String restorePrefix) {
    /** A worker that trains in step with the others. */
    public WorkerConfig(
            int worker,
            CoordinatorAddress coordinator,
            TransportConfig transport,
            TrainingSpec spec,
            int lanes,
            ClusterTimeouts timeouts,
            String restorePrefix) {
        this(worker, false, coordinator, transport, spec, new ExchangeMode.Sync(), lanes, timeouts, restorePrefix);
    }
}
