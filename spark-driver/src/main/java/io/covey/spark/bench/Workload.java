package io.covey.spark.bench;

/** One case (model and batch) that is built and can run any number of steps. */
interface Workload extends AutoCloseable {
    /**
     * A finished run.
     *
     * @param steps steps done
     * @param elapsedNs from all workers ready to the last one done
     * @param loss mean loss since the last start of an epoch, NaN where there is none
     */
    record Measurement(long steps, long elapsedNs, double loss) {
        double stepsPerSecond() {
            return steps * 1e9 / elapsedNs;
        }
    }

    /** Runs {@code steps} steps from where the last run stopped. */
    Measurement run(long steps);

    /** Java heap bytes that the training thread allocated per step of the last run, -1 if it ran in another process. */
    double bytesAllocatedPerStep();

    /** SHA-256 of the weights as they are now. */
    String weightsSha256();

    @Override
    void close();
}
