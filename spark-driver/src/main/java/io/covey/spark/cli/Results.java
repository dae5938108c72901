package io.covey.spark.cli;

import io.covey.spark.run.RunResult;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Prints what came of a run. */
final class Results {
    private Results() {}

    /** Prints a run's results and says what its exit code is. */
    static int print(RunResult result, PrintStream out) {
        if (result.test() != null) {
            out.println("test: " + metrics(result.test()));
        }
        result.moreTests().forEach((name, more) -> out.println(name + " test: " + metrics(more)));
        out.println("weights sha256: " + result.weightsSha256());
        out.println("checkpoint: " + result.checkpointPrefix());
        out.println("history: " + result.history());
        out.println("log: " + result.log());
        if (result.interrupted()) {
            out.println("interrupted; to go on: covey resume " + result.directory());
            return ExitCode.INTERRUPTED;
        }
        return ExitCode.DONE;
    }

    /** As Keras prints them, for example {@code accuracy: 0.9712 - loss: 0.0974}. */
    static String metrics(SortedMap<String, Double> metrics) {
        return metrics.entrySet().stream().map(Results::metric).collect(Collectors.joining(" - "));
    }

    private static String metric(Map.Entry<String, Double> metric) {
        return String.format(Locale.ROOT, "%s: %.4f", metric.getKey(), metric.getValue());
    }
}
