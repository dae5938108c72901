package io.covey.spark.cli;

import io.covey.spark.run.SparkJobRunner;

/** The process {@code covey}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(
                Covey.commandLine(SparkJobRunner::new, System.out, System.err).execute(args));
    }
}
