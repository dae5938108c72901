package io.covey.trainer.training;

import java.io.Serializable;

/**
 * A run of training steps within one epoch.
 *
 * @param epoch the epoch, from 0
 * @param firstStep global step of the first step to run, counted from 0 over all epochs
 * @param endStep global step after the last one to run
 * @param epochFirstStep global step of the epoch's first step; {@code firstStep} is larger after a resume in mid-epoch
 * @param learningRate learning rate of these steps where the optimizer has no schedule
 */
public record EpochPlan(int epoch, long firstStep, long endStep, long epochFirstStep, float learningRate)
        implements Serializable {}
