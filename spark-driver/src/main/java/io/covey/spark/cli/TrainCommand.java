package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.run.JobRunner;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code covey train}. */
@Command(
        name = "train",
        description = "Trains a job from the start in a new run folder, then evaluates it on its test data.")
final class TrainCommand implements Callable<Integer> {
    private final Supplier<JobRunner> runner;
    private final PrintStream out;

    @Mixin
    private JobOptions jobOptions;

    @Mixin
    private ConsoleOptions consoleOptions;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description =
                    "Run folder, a path or URI; default: the job's checkpoint.dir. A number is added to the name of"
                            + " a folder that holds a run.")
    private String runDirectory;

    TrainCommand(Supplier<JobRunner> runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public Integer call() {
        JobConfig job = jobOptions.load();
        return Results.print(runner.get().train(job, consoleOptions.toRunOptions(runDirectory, out)), out);
    }
}
