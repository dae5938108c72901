package io.covey.trainer.engine;

import io.covey.trainer.layers.attention.MultiHeadAttention;
import io.covey.trainer.model.MaskGraph;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The masks that the calls of a graph find on what they read. Keras has them in two places: tied to the values, from where
 * MultiHeadAttention takes those of its inputs away for all calls after it and for the losses; and in the graph, noted when it
 * was built, for layers that take a mask as an argument.
 */
final class GraphMasks {
    /** The turn of what reads the model's outputs. */
    private static final int AFTER_ALL = Integer.MAX_VALUE;

    /** For each value the first turn of an attention that takes its mask away. */
    private final Map<Value, Integer> taken = new HashMap<>();

    /** The graph's masks where they are not those of the values. */
    private final Map<Value, Tensor> noted = new HashMap<>();

    GraphMasks(Model model) {
        for (Node node : model.nodes()) {
            if (node.layer() instanceof MultiHeadAttention) {
                for (Node.Call call : node.calls()) {
                    call.inputs().forEach(value -> taken.merge(value, call.turn(), Math::min));
                }
            }
        }
    }

    /** An output of the model with the mask that a loss finds. */
    Signal atEnd(Value value, Signal signal) {
        return found(value, signal, AFTER_ALL);
    }

    /** What a call reads, with the masks that it finds. */
    List<Signal> found(Node node, Node.Call call, List<Signal> inputs) {
        if (MaskGraph.takesMask(node.layer(), inputs.size())) {
            return noted(call, inputs);
        }
        List<Signal> found = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            found.add(found(call.inputs().get(i), inputs.get(i), call.turn()));
        }
        return found;
    }

    private Signal found(Value value, Signal signal, int turn) {
        return taken.getOrDefault(value, AFTER_ALL) < turn ? withMask(signal, null) : signal;
    }

    /** What a call reads, with the graph's masks. */
    List<Signal> noted(Node.Call call, List<Signal> inputs) {
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Value value = call.inputs().get(i);
            Signal input = inputs.get(i);
            signals.add(noted.containsKey(value) ? withMask(input, noted.get(value)) : input);
        }
        return signals;
    }

    /** Notes the graph's mask of a value, null for none. */
    void note(Value value, Tensor mask) {
        noted.put(value, mask);
    }

    private static Signal withMask(Signal signal, Tensor mask) {
        return Objects.equals(signal.mask(), mask) ? signal : signal.withMask(mask);
    }
}
