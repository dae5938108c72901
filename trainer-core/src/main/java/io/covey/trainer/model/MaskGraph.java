package io.covey.trainer.model;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerCall;
import io.covey.trainer.layers.SymbolicTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The operations by which Keras 3 computes masks. Where a layer takes a mask as an argument they are part of a functional
 * model's graph: with the layers they decide how far each layer is from the outputs, and so Keras' order of layers. What masks
 * do is the engine's.
 */
public final class MaskGraph {
    private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "SimpleRNN", "Bidirectional");
    private static final Set<String> OTHERS_WITH_MASK_ARGUMENT = Set.of(
            "BatchNormalization",
            "Functional",
            "GlobalAveragePooling1D",
            "Model",
            "Sequential",
            "Softmax",
            "TimeDistributed");
    private static final Set<String> ELEMENTWISE =
            Set.of("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum");

    private final Map<LayerCall, Operation> masks = new HashMap<>();

    /** An operation, compared by identity. */
    static final class Operation {
        private final List<Object> reads;

        private Operation(Object... reads) {
            this.reads = List.of(reads);
        }

        /** The {@link SymbolicTensor}s and operations that it reads. */
        List<Object> reads() {
            return reads;
        }
    }

    MaskGraph() {}

    /**
     * Whether a call takes the mask of its input as an argument, which the graph holds. Of calls with several inputs,
     * attention's too, Keras notes none.
     */
    public static boolean takesMask(Layer layer, int inputs) {
        String className = layer.className();
        return inputs == 1 && (RECURRENT.contains(className) || OTHERS_WITH_MASK_ARGUMENT.contains(className));
    }

    /** The mask that a call takes beside its input. */
    List<Operation> readBy(LayerCall call) {
        Operation mask = takesMask(call.layer(), call.inputs().size())
                ? mask(call.inputs().get(0))
                : null;
        return mask == null ? List.of() : List.of(mask);
    }

    /** The operation that makes a tensor's mask, or null. */
    private Operation mask(SymbolicTensor tensor) {
        LayerCall call = tensor.source();
        if (call == null || call.outputs().get(0) != tensor) {
            return null;
        }
        if (!masks.containsKey(call)) {
            masks.put(call, make(call));
        }
        return masks.get(call);
    }

    private Operation make(LayerCall call) {
        String className = call.layer().className();
        SymbolicTensor first = call.inputs().get(0);
        if (className.equals("Masking")) {
            return new Operation(new Operation(first));
        }
        if (className.equals("Embedding")) {
            return call.layer().makesMask() ? new Operation(first) : null;
        }
        if (className.equals("Concatenate")) {
            return concatenated(call.inputs());
        }
        if (ELEMENTWISE.contains(className)) {
            return anyOf(call.inputs());
        }
        boolean isSequence = RECURRENT.contains(className)
                && first.shape().size() == call.outputs().get(0).shape().size();
        return isSequence || call.layer().supportsMasking() ? mask(first) : null;
    }

    private Operation anyOf(List<SymbolicTensor> inputs) {
        List<Operation> each = inputs.stream().map(this::mask).toList();
        return each.contains(null) ? null : each.stream().reduce(Operation::new).orElseThrow();
    }

    /** Each mask is expanded to its input's shape, which is read too; one of ones stands for none. */
    private Operation concatenated(List<SymbolicTensor> inputs) {
        if (inputs.stream().allMatch(input -> mask(input) == null)) {
            return null;
        }
        Stream<Operation> expanded = inputs.stream()
                .map(input -> mask(input) == null
                        ? new Operation(input)
                        : new Operation(new Operation(mask(input)), new Operation(input)));
        return new Operation(new Operation(expanded.toArray()));
    }
}
