package io.covey.spark.run;

import java.util.Map;
import java.util.SortedMap;

/**
 * How a run ended, and where its files are.
 *
 * @param directory the run folder
 * @param interrupted whether a signal ended it early; a resume goes on
 * @param checkpointPrefix the newest checkpoint
 * @param history the metrics of each epoch, as CSV
 * @param log the run's log
 * @param epochs epochs that were run, those before a resume included
 * @param test metrics on the test data, or null if the job has none or was interrupted
 * @param moreTests metrics on {@code data.more_tests}, by name
 * @param weightsSha256 hash of the final weights
 * @param trainNs time from the first step to the last, validation and checkpoints included
 */
public record RunResult(
        String directory,
        boolean interrupted,
        String checkpointPrefix,
        String history,
        String log,
        int epochs,
        SortedMap<String, Double> test,
        Map<String, SortedMap<String, Double>> moreTests,
        String weightsSha256,
        long trainNs) {
    RunResult withMoreTests(Map<String, SortedMap<String, Double>> newMoreTests) {
        return new RunResult(
                directory,
                interrupted,
                checkpointPrefix,
                history,
                log,
                epochs,
                test,
                newMoreTests,
                weightsSha256,
                trainNs);
    }
}
