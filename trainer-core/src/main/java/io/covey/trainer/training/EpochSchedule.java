package io.covey.trainer.training;

/**
 * Which steps an epoch has. With Keras' {@code steps_per_epoch} an epoch takes that many steps of a pass over the data and the
 * next one goes on there; the epoch in which a pass ends is cut short, as in Keras 3. Keras 2 goes on too, but fills the epoch with
 * the first steps of the next pass.
 *
 * @param initialEpoch the first epoch, from 0
 * @param iterations global steps before the first epoch
 * @param stepsPerPass steps in a pass over the data, at least 1
 * @param stepsPerEpoch at most {@code stepsPerPass}
 */
record EpochSchedule(int initialEpoch, long iterations, long stepsPerPass, long stepsPerEpoch) {
    /** @param stepsPerEpoch 0 for a whole pass */
    static EpochSchedule of(int initialEpoch, long iterations, long stepsPerPass, long stepsPerEpoch) {
        long steps = stepsPerEpoch == 0 ? stepsPerPass : Math.min(stepsPerEpoch, stepsPerPass);
        return new EpochSchedule(initialEpoch, iterations, stepsPerPass, steps);
    }

    /** The pass over the data that the epoch belongs to, which names the order of its rows. */
    int pass(int epoch) {
        return initialEpoch + (int) ((epoch - initialEpoch) / epochsPerPass());
    }

    /** Global step of the first step of the epoch's pass. */
    long passFirstStep(int epoch) {
        return iterations + (epoch - initialEpoch) / epochsPerPass() * stepsPerPass;
    }

    /** Global step of the epoch's first step. */
    long firstStep(int epoch) {
        return passFirstStep(epoch) + (epoch - initialEpoch) % epochsPerPass() * stepsPerEpoch;
    }

    /** Global step after the epoch's last one. */
    long endStep(int epoch) {
        return firstStep(epoch + 1);
    }

    private long epochsPerPass() {
        return (stepsPerPass + stepsPerEpoch - 1) / stepsPerEpoch;
    }
}
