package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.run.JobRunner;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code covey validate}. */
@Command(
        name = "validate",
        description =
                "Checks a job without running it: the job file, and that all rows of its data files fit the model.")
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
        List<JobConfig> jobs = jobOptions.variants();
        jobs.forEach(runner.get()::check);
        out.println(jobOptions.file() + ": valid");
        for (JobConfig job : jobs) {
            String name = jobs.size() == 1 ? "" : job.name() + " ";
            out.println(name + "configuration sha256: " + job.configurationHash());
        }
        return ExitCode.DONE;
    }
}
