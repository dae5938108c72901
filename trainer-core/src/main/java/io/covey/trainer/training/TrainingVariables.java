package io.covey.trainer.training;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.optimizer.Optimizer;
import java.util.List;

/**
 * What training changes: a model's weights and its optimizer's slots, each a vector of the model's layout, and the states of its
 * stateful layers, which evaluation and prediction change too. Whoever made them closes them.
 *
 * @param parameters the flat parameter vector
 * @param slots in the order of the optimizer's names
 * @param states of stateful layers
 */
public record TrainingVariables(NativeFloats parameters, List<NativeFloats> slots, LayerStates states)
        implements AutoCloseable {
    private static final int CHUNK_FLOATS = 8 * 1024;

    public TrainingVariables {
        slots = List.copyOf(slots);
    }

    /** Weights and slots alone. */
    public TrainingVariables(NativeFloats parameters, List<NativeFloats> slots) {
        this(parameters, slots, LayerStates.NONE);
    }

    /** The first values of model and optimizer. */
    public static TrainingVariables initial(Model model, Optimizer optimizer, long seed) {
        NativeFloats parameters = NativeFloats.allocate(model.layout().length());
        for (long from = 0; from < parameters.length(); from += CHUNK_FLOATS) {
            float[] values = new float[(int) Math.min(CHUNK_FLOATS, parameters.length() - from)];
            model.initialValues(seed, from, values);
            parameters.put(from, values);
        }
        return new TrainingVariables(parameters, initialSlots(optimizer, parameters.length()), LayerStates.zero(model));
    }

    /** The first values of an optimizer's slots. */
    public static List<NativeFloats> initialSlots(Optimizer optimizer, long length) {
        return optimizer.slots().stream()
                .map(name -> {
                    NativeFloats slot = NativeFloats.allocate(length);
                    slot.fill(optimizer.initialValue(name));
                    return slot;
                })
                .toList();
    }

    @Override
    public void close() {
        parameters.close();
        slots.forEach(NativeFloats::close);
        states.close();
    }
}
