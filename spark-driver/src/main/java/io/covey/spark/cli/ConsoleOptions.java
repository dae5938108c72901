package io.covey.spark.cli;

import io.covey.spark.job.JobFile;
import io.covey.spark.run.RunOptions;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** How a command that runs on Spark does so. */
final class ConsoleOptions {
    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark master, for example local[4] or spark://host:7077; default: spark-submit's, else the"
                    + " job's, else this machine.")
    private String master;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress, only the results.")
    private boolean quiet;

    /** @param runDirectory as typed, or null for the job's */
    RunOptions toRunOptions(String runDirectory, PrintStream out) {
        String absolute = runDirectory == null ? null : JobFile.absolute(runDirectory);
        return new RunOptions(master, absolute, out, Terminal.isPresent(), Terminal.width(), quiet);
    }
}
