package io.covey.spark.cli;

import io.covey.spark.job.JobFile;
import io.covey.spark.run.Evaluated;
import io.covey.spark.run.JobRunner;
import io.covey.trainer.training.DataSplit;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code covey evaluate}. */
@Command(name = "evaluate", description = "Evaluates the newest good checkpoint of a run on one of its data sets.")
final class EvaluateCommand implements Callable<Integer> {
    /** Reads a data set's name in lower case. */
    static final class SplitConverter implements ITypeConverter<DataSplit> {
        private static final Map<String, DataSplit> SPLITS = Map.of(
                "test", DataSplit.TEST,
                "validation", DataSplit.VALIDATION,
                "train", DataSplit.TRAIN);

        @Override
        public DataSplit convert(String name) {
            DataSplit split = SPLITS.get(name);
            if (split == null) {
                throw new TypeConversionException("is " + name + ", wanted test, validation or train");
            }
            return split;
        }
    }

    private final Supplier<JobRunner> runner;
    private final PrintStream out;

    @Parameters(paramLabel = "RUN_DIR", description = "Run folder, a path or URI.")
    private String runDirectory;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            defaultValue = "test",
            converter = SplitConverter.class,
            description = "Data set: test, validation or train; default: ${DEFAULT-VALUE}.")
    private DataSplit split;

    @Mixin
    private ConsoleOptions consoleOptions;

    EvaluateCommand(Supplier<JobRunner> runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public Integer call() {
        String directory = JobFile.absolute(runDirectory);
        Evaluated evaluated = runner.get().evaluate(directory, split, consoleOptions.toRunOptions(null, out));
        out.println(split.name().toLowerCase(Locale.ROOT) + ": " + Results.metrics(evaluated.metrics()));
        out.println("weights sha256: " + evaluated.weightsSha256());
        out.println("checkpoint: " + evaluated.checkpointPrefix());
        return ExitCode.DONE;
    }
}
