package io.covey.server.coordinator;

import io.covey.trainer.training.EpochPlan;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has been trained since the newest checkpoint, so that it can be trained again. Used by the loop's thread. */
final class TrainedSteps {
    private final Deque<EpochPlan> plans = new ArrayDeque<>();

    /** Steps that are trained from now on. */
    void begin(EpochPlan plan) {
        plans.add(plan);
    }

    /** The steps that were begun last have ended before {@code endStep}. */
    void end(long endStep) {
        EpochPlan last = plans.removeLast();
        plans.add(new EpochPlan(last.epoch(), last.firstStep(), endStep, last.epochFirstStep(), last.learningRate()));
    }

    /** The steps before {@code step} are in a checkpoint. */
    void forgetBefore(long step) {
        plans.removeIf(plan -> plan.endStep() <= step);
    }

    /** How the steps from {@code step} on were trained, up to {@code endStep} or another change. */
    EpochPlan from(long step, long endStep) {
        return plans.stream()
                .filter(plan -> plan.firstStep() <= step && step < plan.endStep())
                .findFirst()
                .map(plan -> new EpochPlan(
                        plan.epoch(),
                        step,
                        Math.min(endStep, plan.endStep()),
                        plan.epochFirstStep(),
                        plan.learningRate()))
                .orElseThrow(() -> new IllegalStateException("how step " + step + " was trained is not known"));
    }
}
