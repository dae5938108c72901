package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.training.DataSplit;
import java.util.List;

/** Runs jobs: what the command line's commands call. */
public interface JobRunner {
    /**
     * Reads a job's data files and checks all their rows without running it.
     *
     * @throws io.covey.trainer.CoveyException a caller's error that names the file which is missing, malformed, truncated or
     *     does not fit, or the row whose label is no class or whose numbers are not finite
     */
    void check(JobConfig job);

    /** Trains a job from the start in a new run folder. */
    RunResult train(JobConfig job, RunOptions options);

    /**
     * Trains on from the newest checkpoint of a run folder.
     *
     * @param overrides {@code key=value} changes to the job; those that decide the bits are refused
     */
    RunResult resume(String runDirectory, List<String> overrides, RunOptions options);

    /** Evaluates the newest checkpoint of a run folder. */
    Evaluated evaluate(String runDirectory, DataSplit split, RunOptions options);
}
