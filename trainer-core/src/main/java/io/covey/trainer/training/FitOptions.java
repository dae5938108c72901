package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Semantics;
import java.util.Set;

/**
 * The arguments of {@link TrainingLoop#fit} that do not decide what a step computes.
 *
 * @param epochs number after the last epoch: with {@code initialEpoch} 0, epochs in all, those before a resume included
 * @param initialEpoch Keras' {@code initial_epoch}: number of the first epoch
 * @param stepsPerEpoch Keras' {@code steps_per_epoch}; 0 for a pass over the data
 * @param semantics which Keras it is like: its {@code steps_per_epoch} ({@link EpochSchedule}) and {@code validation_steps}
 *     ({@link Validations}) beyond the data, and the order of its logs ({@link Logs})
 * @param iterations steps that the optimizer has done before
 * @param learningRate learning rate of the first epoch where the optimizer has no schedule; null for the optimizer's own
 * @param validationFreq Keras' {@code validation_freq}
 * @param validationSteps batches that a validation, or an evaluation, was asked for, where the data may have less; 0 for all
 * @param failOnNonFiniteLoss whether a training loss that is NaN or infinite ends the run with an error
 * @param checkpoints null for none
 * @param moreLogs names in the logs of an epoch that the backend adds, see {@link TrainingBackend#endEpoch}
 */
public record FitOptions(
        int epochs,
        int initialEpoch,
        long stepsPerEpoch,
        Semantics semantics,
        long iterations,
        Float learningRate,
        ValidationFreq validationFreq,
        long validationSteps,
        boolean failOnNonFiniteLoss,
        CheckpointOptions checkpoints,
        Set<String> moreLogs) {
    /** @throws CoveyException a caller's error when a number is out of its range */
    public FitOptions {
        requireAtLeast("epochs", epochs, 1);
        requireAtLeast("initial_epoch", initialEpoch, 0);
        requireAtLeast("steps_per_epoch", stepsPerEpoch, 0);
        requireAtLeast("iterations", iterations, 0);
        requireAtLeast("validation_steps", validationSteps, 0);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw CoveyException.caller(name + " is " + value + ", it must be at least " + least);
        }
    }

    /** Validation after every epoch, an error at a NaN loss, and checkpoints as given (null for none). */
    public static FitOptions of(int epochs, CheckpointOptions checkpoints) {
        return new FitOptions(
                epochs, 0, 0, Semantics.KERAS3, 0, null, ValidationFreq.DEFAULT, 0, true, checkpoints, Set.of());
    }

    public FitOptions initialEpoch(int newInitialEpoch) {
        return new FitOptions(
                epochs,
                newInitialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions stepsPerEpoch(long newStepsPerEpoch) {
        return new FitOptions(
                epochs,
                initialEpoch,
                newStepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions semantics(Semantics newSemantics) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                newSemantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions iterations(long newIterations) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                newIterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions validationFreq(ValidationFreq newValidationFreq) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                newValidationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions validationSteps(long newValidationSteps) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                newValidationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions failOnNonFiniteLoss(boolean newFailOnNonFiniteLoss) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                newFailOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions learningRate(Float newLearningRate) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                newLearningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                moreLogs);
    }

    public FitOptions checkpoints(CheckpointOptions newCheckpoints) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                newCheckpoints,
                moreLogs);
    }

    public FitOptions moreLogs(Set<String> newMoreLogs) {
        return new FitOptions(
                epochs,
                initialEpoch,
                stepsPerEpoch,
                semantics,
                iterations,
                learningRate,
                validationFreq,
                validationSteps,
                failOnNonFiniteLoss,
                checkpoints,
                newMoreLogs);
    }
}
