package io.covey.spark.run;

import io.covey.spark.data.IdxSource;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.TrainingSpec;

/** Looks at a job's data files before anything is launched. */
final class DataFiles {
    private DataFiles() {}

    /**
     * The spec of {@code job}, once the headers of its data files have been read.
     *
     * @throws CoveyException a caller's error that names the file which is missing, malformed or does not fit the model
     */
    static TrainingSpec inspect(JobConfig job, FileStore files) {
        return job.toSpec(
                rows(job, DataSplit.TRAIN, files),
                rows(job, DataSplit.VALIDATION, files),
                rows(job, DataSplit.TEST, files));
    }

    private static long rows(JobConfig job, DataSplit split, FileStore files) {
        JobConfig.Source source = job.data().source(split);
        return source == null
                ? 0
                : new IdxSource(source).rows(files, job.model().model().inputShape());
    }
}
