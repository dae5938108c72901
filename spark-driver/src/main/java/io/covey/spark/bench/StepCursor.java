package io.covey.spark.bench;

import io.covey.trainer.training.EpochPlan;

/** Cuts an endless run of steps into epochs' pieces. */
final class StepCursor {
    private final long stepsPerEpoch;
    private final float learningRate;
    private long step;

    StepCursor(long stepsPerEpoch, float learningRate) {
        this.stepsPerEpoch = stepsPerEpoch;
        this.learningRate = learningRate;
    }

    /** The next steps, at most {@code most} and none beyond the epoch; counts them as done. */
    EpochPlan next(long most) {
        long epoch = step / stepsPerEpoch;
        long epochFirst = epoch * stepsPerEpoch;
        long end = Math.min(step + most, epochFirst + stepsPerEpoch);
        EpochPlan plan = new EpochPlan(Math.toIntExact(epoch), step, end, epochFirst, learningRate);
        step = end;
        return plan;
    }
}
