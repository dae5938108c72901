package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.LayerCall;
import io.covey.trainer.layers.SymbolicTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of layers and calls of a functional model, as Keras' {@code map_graph} finds it: layers by decreasing depth,
 * counted from the outputs, and at the same depth in the order in which a walk from the outputs first meets them. An input
 * counts as a layer of its own; one that no output depends on comes first among the layers of depth 0.
 */
final class GraphOrder {
    private static final int UNUSED = -1;

    /** Layers are {@link io.covey.trainer.layers.Layer} objects, or the {@link SymbolicTensor} of an input. */
    private final Map<Object, Integer> firstMet = new HashMap<>();

    /** Calls are {@link LayerCall}s, or the {@link SymbolicTensor} of an input. */
    private final List<Object> finished = new ArrayList<>();

    private final Map<Object, Integer> callDepths = new HashMap<>();
    private final Map<Object, Integer> layerDepths = new LinkedHashMap<>();
    private final Set<Object> open = new HashSet<>();

    GraphOrder(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        for (SymbolicTensor output : outputs) {
            visit(callOf(output), inputs);
        }
        for (int i = finished.size() - 1; i >= 0; i--) {
            Object call = finished.get(i);
            Object layer = layerOf(call);
            int depth = Math.max(callDepths.getOrDefault(call, 0), layerDepths.getOrDefault(layer, 0));
            callDepths.put(call, depth);
            layerDepths.put(layer, depth);
            if (call instanceof LayerCall layerCall) {
                for (SymbolicTensor input : layerCall.inputs()) {
                    callDepths.merge(callOf(input), depth + 1, Math::max);
                }
            }
        }
        for (SymbolicTensor input : inputs) {
            layerDepths.putIfAbsent(input, 0);
            firstMet.putIfAbsent(input, UNUSED);
        }
    }

    private void visit(Object call, List<SymbolicTensor> inputs) {
        if (callDepths.containsKey(call) || finished.stream().anyMatch(each -> each == call)) {
            return;
        }
        if (!open.add(call)) {
            throw CoveyException.caller("the model's layers form a circle");
        }
        firstMet.putIfAbsent(layerOf(call), firstMet.size());
        if (call instanceof LayerCall layerCall) {
            for (SymbolicTensor input : layerCall.inputs()) {
                visit(callOf(input), inputs);
            }
        } else if (inputs.stream().noneMatch(input -> input == call)) {
            throw CoveyException.caller("the outputs depend on an input of shape " + ((SymbolicTensor) call).shape()
                    + " that is not among the model's inputs");
        }
        open.remove(call);
        finished.add(call);
    }

    private static Object callOf(SymbolicTensor tensor) {
        return tensor.source() == null ? tensor : tensor.source();
    }

    private static Object layerOf(Object call) {
        return call instanceof LayerCall layerCall ? layerCall.layer() : call;
    }

    /** Layers and inputs in Keras' order of {@code model.layers}. */
    List<Object> layers() {
        return layerDepths.keySet().stream()
                .sorted(Comparator.comparingInt((Object layer) -> -layerDepths.get(layer))
                        .thenComparingInt(firstMet::get))
                .toList();
    }

    /** Calls in an order in which each comes after those that it needs. */
    List<LayerCall> calls() {
        List<LayerCall> calls = new ArrayList<>();
        for (Object call : new LinkedHashSet<>(finished)) {
            if (call instanceof LayerCall layerCall) {
                calls.add(layerCall);
            }
        }
        return calls;
    }
}
