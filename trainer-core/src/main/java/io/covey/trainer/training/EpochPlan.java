package io.covey.trainer.training;

import java.io.Serializable;

/**
 * A run of training steps within one pass over the data.
 *
 * @param epoch number of the pass, from 0: the epoch, unless epochs are shorter than a pass
 * @param firstStep global step of the first step to run, counted from 0 over all epochs
 * @param endStep global step after the last one to run
 * @param epochFirstStep global step of the pass' first step; {@code firstStep} is larger after a resume in the middle
 * @param learningRate learning rate of these steps where the optimizer has no schedule
 */
public record EpochPlan(int epoch, long firstStep, long endStep, long epochFirstStep, float learningRate)
        implements Serializable {}
