package io.covey.spark.bench;

/** Builds the cases of one group at one number of workers and threads. */
@FunctionalInterface
interface WorkloadFactory {
    /**
     * Builds a case; not timed.
     *
     * @param model for example {@code M1}, or {@code allreduce:316810}
     * @param batch samples per worker and step, 0 where it means nothing
     * @throws io.covey.trainer.CoveyException when the case cannot be run here
     */
    Workload create(String model, int batch);
}
