package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.run.JobRunner;
import io.covey.spark.run.RunResult;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code covey train}. */
@Command(
        name = "train",
        description = {
            "Trains a job from the start in a new run folder, then evaluates it on its test data. The variants of a job are"
                    + " trained one after another, each in a folder of its own; a table shows what came of them."
        })
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
        List<JobConfig> jobs = jobOptions.variants();
        if (jobs.size() == 1) {
            return Results.print(train(jobs.get(0), runDirectory), out);
        }
        jobs.forEach(runner.get()::check);
        VariantTable table = new VariantTable();
        for (JobConfig job : jobs) {
            String folder = job.checkpoint().dir();
            out.println(job.name());
            RunResult result =
                    train(job, runDirectory == null ? null : runDirectory + folder.substring(folder.lastIndexOf('/')));
            int exitCode = Results.print(result, out);
            if (exitCode != ExitCode.DONE) {
                return exitCode;
            }
            table.add(job.name(), result);
        }
        out.print(table);
        return ExitCode.DONE;
    }

    private RunResult train(JobConfig job, String folder) {
        return runner.get().train(job, consoleOptions.toRunOptions(folder, out));
    }
}
