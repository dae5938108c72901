package io.covey.trainer.training;

/** The three data sets of a job. */
public enum DataSplit {
    TRAIN,
    VALIDATION,
    TEST
}
