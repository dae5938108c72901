package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.run.Evaluated;
import io.covey.spark.run.JobRunner;
import io.covey.spark.run.RunOptions;
import io.covey.spark.run.RunResult;
import io.covey.trainer.training.DataSplit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The command line in this process; what would run on Spark is written down instead, or ends in an error. */
final class Cli {
    static final RunResult RESULT = new RunResult(
            "/runs/a",
            false,
            "/runs/a/ckpt-3",
            "/runs/a/history.csv",
            "/runs/a/covey.log",
            10,
            new TreeMap<>(Map.of("loss", 0.09741, "accuracy", 0.97123)),
            Map.of(),
            "00ff",
            1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Supplier<JobRunner> runner;

    /** What the last command asked of the runner. */
    private String asked = "";

    private RunOptions options;

    Cli() {
        this(RESULT);
    }

    Cli(RunResult result) {
        this.runner = () -> new Recorder(result);
    }

    Cli(RuntimeException error) {
        this.runner = () -> {
            throw error;
        };
    }

    int execute(String... args) {
        out.reset();
        err.reset();
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Covey.commandLine(runner, outStream, errStream).execute(args);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    String asked() {
        return asked;
    }

    RunOptions options() {
        return options;
    }

    private final class Recorder implements JobRunner {
        private final RunResult result;

        Recorder(RunResult result) {
            this.result = result;
        }

        @Override
        public void check(JobConfig job) {
            asked = "check " + job.name();
        }

        @Override
        public RunResult train(JobConfig job, RunOptions runOptions) {
            asked = "train " + job.name() + " for " + job.fit().epochs();
            options = runOptions;
            return result;
        }

        @Override
        public RunResult resume(String runDirectory, List<String> overrides, RunOptions runOptions) {
            asked = "resume " + runDirectory + " with " + overrides;
            options = runOptions;
            return result;
        }

        @Override
        public Evaluated evaluate(String runDirectory, DataSplit split, RunOptions runOptions) {
            asked = "evaluate " + runDirectory + " on " + split;
            options = runOptions;
            return new Evaluated(result.checkpointPrefix(), result.test(), result.weightsSha256());
        }
    }
}
