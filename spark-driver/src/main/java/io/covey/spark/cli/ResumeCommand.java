package io.covey.spark.cli;

import io.covey.spark.job.JobFile;
import io.covey.spark.run.JobRunner;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code covey resume}. */
@Command(
        name = "resume",
        description = "Trains on from the newest good checkpoint of a run, as if the run had not ended.")
final class ResumeCommand implements Callable<Integer> {
    private final Supplier<JobRunner> runner;
    private final PrintStream out;

    @Parameters(paramLabel = "RUN_DIR", description = "Run folder, a path or URI.")
    private String runDirectory;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set a key of the run's job, for example fit.epochs=20 or cluster.workers=4. Keys that decide the"
                            + " bits of the run are refused. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Mixin
    private ConsoleOptions consoleOptions;

    ResumeCommand(Supplier<JobRunner> runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public Integer call() {
        String directory = JobFile.absolute(runDirectory);
        return Results.print(runner.get().resume(directory, overrides, consoleOptions.toRunOptions(null, out)), out);
    }
}
