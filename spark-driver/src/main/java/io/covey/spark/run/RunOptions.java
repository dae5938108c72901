package io.covey.spark.run;

import io.covey.trainer.callbacks.ProgressPrinter;
import java.io.PrintStream;

/**
 * How the command line wants a run.
 *
 * @param master Spark's master URL, or null for spark-submit's or the job's
 * @param runDirectory the run folder, or null for the job's {@code checkpoint.dir}
 * @param out where the model summary and progress go
 * @param terminal whether {@code out} is a terminal
 * @param width its columns
 * @param quiet whether progress is left out
 */
public record RunOptions(
        String master, String runDirectory, PrintStream out, boolean terminal, int width, boolean quiet) {
    /** A printer of progress, or null when quiet. */
    ProgressPrinter progress() {
        return quiet ? null : new ProgressPrinter(out, terminal, width, System::nanoTime);
    }
}
