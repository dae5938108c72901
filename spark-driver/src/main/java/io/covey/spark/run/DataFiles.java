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
     * A job whose data files have been looked at.
     *
     * @param data which rows of which files are used for what
     * @param spec what is trained
     */
    record Inspected(JobConfig.Data data, TrainingSpec spec) {}

    /**
     * Reads the headers of the data files.
     *
     * @throws CoveyException a caller's error that names the file which is missing, malformed or does not fit the model
     */
    static Inspected inspect(JobConfig job, FileStore files) {
        JobConfig cut = job.withValidation(rows(job, DataSplit.TRAIN, files), rows(job, DataSplit.VALIDATION, files));
        TrainingSpec spec = cut.toSpec(
                rows(cut, DataSplit.TRAIN, files),
                rows(cut, DataSplit.VALIDATION, files),
                rows(cut, DataSplit.TEST, files));
        return new Inspected(cut.data(), spec);
    }

    /**
     * Reads the data files to their ends.
     *
     * @throws CoveyException a caller's error that names the file which is truncated or damaged
     */
    static void requireWhole(JobConfig job, FileStore files) {
        for (DataSplit split : DataSplit.values()) {
            if (job.data().source(split) != null) {
                new IdxSource(job.data().source(split)).requireWhole(files);
            }
        }
    }

    private static long rows(JobConfig job, DataSplit split, FileStore files) {
        JobConfig.Source source = job.data().source(split);
        return source == null
                ? 0
                : new IdxSource(source).rows(files, job.model().model().inputShape());
    }
}
