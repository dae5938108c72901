package io.covey.trainer.training;

import io.covey.trainer.objective.MetricState;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint holds besides weights and optimizer slots, so that a resume goes on as if nothing had happened.
 *
 * @param step global steps done: the next step to run
 * @param epoch epoch that the next step belongs to, from 0
 * @param epochMetrics metric sums of the epoch's steps so far; all zero at an epoch's start
 * @param seed the job's seed
 * @param configurationHash hash of everything in the job that decides the bits
 * @param weightsSha256 see {@link TrainingBackend#weightsSha256}
 * @param callbackStates state of each stateful callback, by its name
 * @param history metrics of the epochs done
 * @param versions product versions that wrote this
 */
public record TrainingState(
        long step,
        int epoch,
        MetricState epochMetrics,
        long seed,
        String configurationHash,
        String weightsSha256,
        Map<String, Map<String, String>> callbackStates,
        Map<String, List<Double>> history,
        Map<String, String> versions) {}
