package io.covey.trainer.training;

import io.covey.trainer.callbacks.Semantics;

/**
 * Which steps an epoch has. With Keras' {@code steps_per_epoch} an epoch takes that many steps of a pass over the data and the
 * next one goes on there. Where a pass ends within an epoch, Keras 3 cuts the epoch short; Keras 2 fills it with the first steps
 * of the next pass, of which it makes as many as epochs, and ends training when these are used up.
 *
 * @param options of the training
 * @param stepsPerPass steps in a pass over the data, at least 1
 * @param stepsPerEpoch steps in an epoch that no pass' end cuts short, at least 1
 */
record EpochSchedule(FitOptions options, long stepsPerPass, long stepsPerEpoch) {
    /** @param stepsPerPass steps in a pass over the data, at least 1 */
    static EpochSchedule of(FitOptions options, long stepsPerPass) {
        long asked = options.stepsPerEpoch() == 0 ? stepsPerPass : options.stepsPerEpoch();
        long steps = options.semantics() == Semantics.KERAS2 ? asked : Math.min(asked, stepsPerPass);
        return new EpochSchedule(options, stepsPerPass, steps);
    }

    /** The pass over the data that the global step belongs to, which names the order of its rows. */
    int pass(long step) {
        return options.initialEpoch() + (int) passes(step);
    }

    /** Global step of the first step of the pass that {@code step} belongs to. */
    long passFirstStep(long step) {
        return options.iterations() + passes(step) * stepsPerPass;
    }

    /** Global step after the last one of the pass that {@code step} belongs to. */
    long passEndStep(long step) {
        return passFirstStep(step) + stepsPerPass;
    }

    /** Global step of the epoch's first step. */
    long firstStep(int epoch) {
        long epochs = (long) epoch - options.initialEpoch();
        if (options.semantics() == Semantics.KERAS2) {
            return Math.min(options.iterations() + epochs * stepsPerEpoch, dataEndStep());
        }
        long epochsPerPass = (stepsPerPass + stepsPerEpoch - 1) / stepsPerEpoch;
        return options.iterations() + epochs / epochsPerPass * stepsPerPass + epochs % epochsPerPass * stepsPerEpoch;
    }

    /** Global step after the epoch's last one. */
    long endStep(int epoch) {
        return firstStep(epoch + 1);
    }

    /** Whether the data end before the epoch is full. */
    boolean runsOutOfDataIn(int epoch) {
        return options.semantics() == Semantics.KERAS2 && endStep(epoch) - firstStep(epoch) < stepsPerEpoch;
    }

    private long dataEndStep() {
        return options.iterations() + ((long) options.epochs() - options.initialEpoch()) * stepsPerPass;
    }

    private long passes(long step) {
        return (step - options.iterations()) / stepsPerPass;
    }
}
