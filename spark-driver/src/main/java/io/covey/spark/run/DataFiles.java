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
        long[] rows = new long[DataSplit.values().length];
        for (DataSplit split : DataSplit.values()) {
            JobConfig.Source source = job.data().source(split);
            if (source != null) {
                rows[split.ordinal()] = new IdxSource(source).rows(files, job.model().inputShape());
            }
        }
        return job.toSpec(
                rows[DataSplit.TRAIN.ordinal()],
                rows[DataSplit.VALIDATION.ordinal()],
                rows[DataSplit.TEST.ordinal()]);
    }
}
