package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code covey validate}. */
@Command(
        name = "validate",
        description = "Checks a job file without running it, and reports all that is wrong with it. Data files are not"
                + " opened.")
final class ValidateCommand implements Callable<Integer> {
    private final PrintStream out;

    @Mixin
    private JobOptions jobOptions;

    ValidateCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        JobConfig job = jobOptions.load();
        out.println(jobOptions.file() + ": valid");
        out.println("configuration sha256: " + job.configurationHash());
        return ExitCode.DONE;
    }
}
