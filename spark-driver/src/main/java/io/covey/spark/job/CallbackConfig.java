package io.covey.spark.job;

import java.io.Serializable;

/** The settings of a callback that a job file names, with Keras' arguments. */
public sealed interface CallbackConfig extends Serializable {
    /**
     * Keras' CSVLogger: one row of metrics per epoch.
     *
     * @param filename absolute path or URI
     * @param separator between columns
     * @param append whether an existing file is continued
     */
    record CsvLogger(String filename, char separator, boolean append) implements CallbackConfig {}
}
