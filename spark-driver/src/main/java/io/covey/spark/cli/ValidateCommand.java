package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.run.JobRunner;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code covey validate}. */
@Command(
        name = "validate",
        description =
                "Checks a job without running it: the job file, and that its data files are there and fit the model.")
final class ValidateCommand implements Callable<Integer> {
    private final Supplier<JobRunner> runner;
    private final PrintStream out;

    @Mixin
    private JobOptions jobOptions;

    ValidateCommand(Supplier<JobRunner> runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public Integer call() {
        JobConfig job = jobOptions.load();
        runner.get().check(job);
        out.println(jobOptions.file() + ": valid");
        out.println("configuration sha256: " + job.configurationHash());
        return ExitCode.DONE;
    }
}
