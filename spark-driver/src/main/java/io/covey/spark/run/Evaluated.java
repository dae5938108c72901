package io.covey.spark.run;

import java.util.SortedMap;

/**
 * What an evaluation gave.
 *
 * @param checkpointPrefix the checkpoint that was evaluated
 * @param metrics loss and metrics, by name
 * @param weightsSha256 hash of its weights
 */
public record Evaluated(String checkpointPrefix, SortedMap<String, Double> metrics, String weightsSha256) {}
