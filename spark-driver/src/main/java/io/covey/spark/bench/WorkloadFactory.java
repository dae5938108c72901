package io.covey.spark.bench;

import java.util.function.Supplier;

/** Checks and builds the cases of one group at one number of workers and threads. */
@FunctionalInterface
interface WorkloadFactory {
    /**
     * Checks a case.
     *
     * @param model for example {@code M1}, or {@code allreduce:316810}
     * @param batch samples per worker and step, 0 where it means nothing
     * @return builds the case; not timed
     * @throws io.covey.trainer.CoveyException a caller's error when there is no such case
     */
    Supplier<Workload> check(String model, int batch);

    /** Checks and builds a case. */
    default Workload create(String model, int batch) {
        return check(model, batch).get();
    }
}
