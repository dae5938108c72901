package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Semantics;
import java.util.Set;
import java.util.function.Consumer;

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
        return with(draft -> draft.initialEpoch = newInitialEpoch);
    }

    public FitOptions stepsPerEpoch(long newStepsPerEpoch) {
        return with(draft -> draft.stepsPerEpoch = newStepsPerEpoch);
    }

    public FitOptions semantics(Semantics newSemantics) {
        return with(draft -> draft.semantics = newSemantics);
    }

    public FitOptions iterations(long newIterations) {
        return with(draft -> draft.iterations = newIterations);
    }

    public FitOptions validationFreq(ValidationFreq newValidationFreq) {
        return with(draft -> draft.validationFreq = newValidationFreq);
    }

    public FitOptions validationSteps(long newValidationSteps) {
        return with(draft -> draft.validationSteps = newValidationSteps);
    }

    public FitOptions failOnNonFiniteLoss(boolean newFailOnNonFiniteLoss) {
        return with(draft -> draft.failOnNonFiniteLoss = newFailOnNonFiniteLoss);
    }

    public FitOptions learningRate(Float newLearningRate) {
        return with(draft -> draft.learningRate = newLearningRate);
    }

    public FitOptions checkpoints(CheckpointOptions newCheckpoints) {
        return with(draft -> draft.checkpoints = newCheckpoints);
    }

    public FitOptions moreLogs(Set<String> newMoreLogs) {
        return with(draft -> draft.moreLogs = newMoreLogs);
    }

    private FitOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** Options that are being changed. */
    private static final class Draft {
        private final int epochs;
        private int initialEpoch;
        private long stepsPerEpoch;
        private Semantics semantics;
        private long iterations;
        private Float learningRate;
        private ValidationFreq validationFreq;
        private long validationSteps;
        private boolean failOnNonFiniteLoss;
        private CheckpointOptions checkpoints;
        private Set<String> moreLogs;

        Draft(FitOptions options) {
            epochs = options.epochs;
            initialEpoch = options.initialEpoch;
            stepsPerEpoch = options.stepsPerEpoch;
            semantics = options.semantics;
            iterations = options.iterations;
            learningRate = options.learningRate;
            validationFreq = options.validationFreq;
            validationSteps = options.validationSteps;
            failOnNonFiniteLoss = options.failOnNonFiniteLoss;
            checkpoints = options.checkpoints;
            moreLogs = options.moreLogs;
        }

        FitOptions options() {
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
                    moreLogs);
        }
    }
}
