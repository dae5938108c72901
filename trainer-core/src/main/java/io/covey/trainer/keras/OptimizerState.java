package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import java.util.List;

/**
 * Where an optimizer stands.
 *
 * @param slots in the order of the optimizer's names, each a vector of the model's layout
 * @param iterations steps done
 * @param learningRate in force where there is no schedule
 */
public record OptimizerState(List<NativeFloats> slots, long iterations, float learningRate) {
    public OptimizerState {
        slots = List.copyOf(slots);
    }
}
