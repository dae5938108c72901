package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
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

    /** Layers are {@link Layer} objects, the {@link SymbolicTensor} of an input, or an operation on masks. */
    private final Map<Object, Integer> firstMet = new HashMap<>();

    /** Calls are {@link LayerCall}s, the {@link SymbolicTensor} of an input, or an operation on masks. */
    private final List<Object> finished = new ArrayList<>();

    private final Map<Object, Integer> callDepths = new LinkedHashMap<>();
    private final Map<Object, Integer> layerDepths = new LinkedHashMap<>();
    private final Set<Object> open = new HashSet<>();

    /** Of Keras 3, whose graph has operations for masks; null for Keras 2. */
    private final MaskGraph masks;

    private GraphOrder(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs, MaskGraph masks) {
        this.masks = masks;
        for (SymbolicTensor output : outputs) {
            visit(callOf(output), inputs);
        }
        for (int i = finished.size() - 1; i >= 0; i--) {
            Object call = finished.get(i);
            Object layer = layerOf(call);
            int depth = Math.max(callDepths.getOrDefault(call, 0), layerDepths.getOrDefault(layer, 0));
            callDepths.put(call, depth);
            layerDepths.put(layer, depth);
            for (Object needed : needs(call)) {
                callDepths.merge(needed, depth + 1, Math::max);
            }
        }
        for (SymbolicTensor input : inputs) {
            layerDepths.putIfAbsent(input, 0);
            firstMet.putIfAbsent(input, UNUSED);
        }
    }

    static GraphOrder ofKeras3(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        return new GraphOrder(inputs, outputs, new MaskGraph());
    }

    static GraphOrder ofKeras2(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        return new GraphOrder(inputs, outputs, null);
    }

    private void visit(Object call, List<SymbolicTensor> inputs) {
        if (callDepths.containsKey(call) || finished.stream().anyMatch(each -> each == call)) {
            return;
        }
        if (!open.add(call)) {
            throw CoveyException.caller("the model's layers form a circle");
        }
        firstMet.putIfAbsent(layerOf(call), firstMet.size());
        for (Object needed : needs(call)) {
            visit(needed, inputs);
        }
        if (call instanceof SymbolicTensor input && inputs.stream().noneMatch(each -> each == input)) {
            throw CoveyException.caller("the outputs depend on an input of shape " + input.shape()
                    + " that is not among the model's inputs");
        }
        open.remove(call);
        finished.add(call);
    }

    /** The calls whose results a call reads, in the order of its arguments. */
    private List<Object> needs(Object call) {
        List<Object> reads = new ArrayList<>();
        if (call instanceof LayerCall layerCall) {
            reads.addAll(layerCall.inputs());
            if (masks != null) {
                reads.addAll(masks.readBy(layerCall));
            }
        } else if (call instanceof MaskGraph.Operation operation) {
            reads.addAll(operation.reads());
        }
        reads.replaceAll(GraphOrder::callOf);
        return reads;
    }

    /** A tensor's call; an operation is its own. */
    private static Object callOf(Object read) {
        return read instanceof SymbolicTensor tensor && tensor.source() != null ? tensor.source() : read;
    }

    private static Object layerOf(Object call) {
        return call instanceof LayerCall layerCall ? layerCall.layer() : call;
    }

    /** {@link Layer}s and inputs in Keras' order of {@code model.layers}. */
    List<Object> layers() {
        return layerDepths.keySet().stream()
                .filter(layer -> !(layer instanceof MaskGraph.Operation))
                .sorted(Comparator.comparingInt((Object layer) -> -layerDepths.get(layer))
                        .thenComparingInt(firstMet::get))
                .toList();
    }

    /** All calls in the order in which Keras runs them: by decreasing depth. */
    List<Object> turns() {
        return callDepths.keySet().stream()
                .sorted(Comparator.comparingInt(call -> -callDepths.get(call)))
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
