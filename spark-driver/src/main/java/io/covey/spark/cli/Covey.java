package io.covey.spark.cli;

import io.covey.spark.bench.BenchCommand;
import io.covey.spark.run.JobRunner;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code covey}. What is declared here holds for its subcommands too. */
@Command(
        name = "covey",
        description = "Trains Keras-style networks data-parallel on Spark.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        descriptionHeading = "%n",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failure: something broke while running",
            "2:caller's error: a wrong option, job file, data set or environment",
            "130:stopped by Ctrl-C, SIGTERM or SIGHUP; covey resume goes on"
        })
final class Covey {
    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean stacktrace;

    private Covey() {}

    /**
     * The command with all its subcommands.
     *
     * @param runner asked for when a command needs Spark, so that the others start quickly
     * @param out results
     * @param err problems
     */
    static CommandLine commandLine(Supplier<JobRunner> runner, PrintStream out, PrintStream err) {
        Covey covey = new Covey();
        ErrorHandler errors = new ErrorHandler(() -> covey.stacktrace);
        return new CommandLine(covey)
                .addSubcommand(new TrainCommand(runner, out))
                .addSubcommand(new ResumeCommand(runner, out))
                .addSubcommand(new EvaluateCommand(runner, out))
                .addSubcommand(new BenchCommand(runner, out))
                .addSubcommand(new SummaryCommand(out))
                .addSubcommand(new ValidateCommand(runner, out))
                .addSubcommand(
                        new CommandLine(new CheckpointCommand()).addSubcommand(new CheckpointLsCommand(out, err)))
                .setExpandAtFiles(false)
                .setOut(writer(out))
                .setErr(writer(err))
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }
}
