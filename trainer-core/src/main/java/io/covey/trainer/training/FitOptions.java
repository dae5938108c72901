package io.covey.trainer.training;

import io.covey.trainer.CoveyException;

/**
 * The arguments of {@link TrainingLoop#fit} that do not decide what a step computes.
 *
 * @param epochs epochs in all, those before a resume included
 * @param validationFreq Keras' {@code validation_freq}: validation follows every n-th epoch
 * @param failOnNonFiniteLoss whether a training loss that is NaN or infinite ends the run with an error
 * @param checkpoints null for none
 */
public record FitOptions(int epochs, int validationFreq, boolean failOnNonFiniteLoss, CheckpointOptions checkpoints) {
    /** @throws CoveyException a caller's error when a number is not positive */
    public FitOptions {
        if (epochs < 1) {
            throw CoveyException.caller("epochs is " + epochs + ", it must be at least 1");
        }
        if (validationFreq < 1) {
            throw CoveyException.caller("validation_freq is " + validationFreq + ", it must be at least 1");
        }
    }

    /** Validation after every epoch, an error at a NaN loss, and checkpoints as given (null for none). */
    public static FitOptions of(int epochs, CheckpointOptions checkpoints) {
        return new FitOptions(epochs, 1, true, checkpoints);
    }
}
