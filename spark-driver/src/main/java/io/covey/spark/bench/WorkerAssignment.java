package io.covey.spark.bench;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.training.TrainingSpec;
import java.io.Serializable;

/**
 * What a worker process of a benchmark is to do.
 *
 * @param worker number of the worker
 * @param coordinator the run to join
 * @param security how the run's processes know each other
 * @param spec what is trained
 * @param lanes threads
 * @param exchangeOnly whether steps consist of push and pull alone
 * @param timeouts how long to wait
 */
record WorkerAssignment(
        int worker,
        CoordinatorAddress coordinator,
        JobSecurity security,
        TrainingSpec spec,
        int lanes,
        boolean exchangeOnly,
        ClusterTimeouts timeouts)
        implements Serializable {}
