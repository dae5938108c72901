package io.covey.trainer.training;

import io.covey.trainer.callbacks.History;

/**
 * How {@link TrainingLoop#fit} ended.
 *
 * @param history metrics of each epoch that ended, those before a resume included
 * @param step global steps that are in the weights
 * @param learningRate in force at the end where the optimizer has no schedule
 * @param interrupted whether a stop request ended it before its time; {@link TrainingLoop#fit(TrainingState)} goes on
 * @param checkpointPrefix the newest committed checkpoint that this run wrote, null if it wrote none
 */
public record FitResult(History history, long step, float learningRate, boolean interrupted, String checkpointPrefix) {}
