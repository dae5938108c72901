package io.covey.trainer.engine;

import io.covey.trainer.model.Model;
import java.util.List;

/**
 * The native memory of a training step on one micro-batch, in bytes.
 *
 * @param parameters of the flat vector
 * @param gradients of the flat vector of their gradients
 * @param activations the values that forward leaves for backward
 * @param activationGradients what values and their gradients take beyond that when they take most
 * @param scratch other formats of values and weights, oneDNN's scratchpads, and what could not be used by two buffers
 */
public record StepMemory(long parameters, long gradients, long activations, long activationGradients, long scratch) {
    /** What a program will take, found out without taking it. */
    public static StepMemory of(
            Model model, List<InputFormat> formats, float inputScale, int rows, ProgramOptions options) {
        long vector = model.layout().length() * Float.BYTES;
        BufferPlanner planner = new BufferPlanner(options.gradients());
        try (OnednnScope scope = new OnednnScope(planner)) {
            MemoryPlan plan = planner.plan(Program.operations(scope, model, formats, inputScale, rows, options));
            long taken = plan.length() * Float.BYTES + scope.allocatedBytes() + scope.scratchBytes();
            return new StepMemory(
                    vector,
                    options.gradients() ? vector : 0,
                    plan.keptBytes(),
                    plan.peakBytes() - plan.keptBytes(),
                    taken - plan.peakBytes());
        }
    }

    /** All of it. */
    public long total() {
        return minimum() + scratch;
    }

    /** What any program must hold at one time. */
    public long minimum() {
        return parameters + gradients + activations + activationGradients;
    }
}
