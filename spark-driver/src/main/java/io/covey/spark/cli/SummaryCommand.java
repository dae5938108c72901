package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.model.ModelSummary;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code covey summary}. */
@Command(name = "summary", description = "Prints a job's model: layers, output shapes and parameters, as Keras does.")
final class SummaryCommand implements Callable<Integer> {
    /** The headings of the columns are readable from here on. */
    private static final int LINE_LENGTH_MINIMUM = 40;

    private final PrintStream out;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions jobOptions;

    @Option(
            names = "--line-length",
            paramLabel = "N",
            defaultValue = "" + ModelSummary.LINE_LENGTH_DEFAULT,
            description = "Width of the table in characters; default: ${DEFAULT-VALUE}.")
    private int lineLength;

    @Option(
            names = "--memory",
            description = "Print what a training step takes in native memory, by micro-batch, in place of the layers.")
    private boolean memory;

    SummaryCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        if (lineLength < LINE_LENGTH_MINIMUM) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--line-length is " + lineLength + ", it must be at least " + LINE_LENGTH_MINIMUM);
        }
        JobConfig job = jobOptions.load();
        out.print(memory ? MemoryTable.of(job) : ModelSummary.keras2(job.model().model(), lineLength));
        return ExitCode.DONE;
    }
}
