package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerCall;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.core.InputLayer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a graph of symbolic tensors into a model: names, numbers of tensors, places in the flat vector. */
final class ModelBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ModelBuilder.class);

    private final Model.Kind kind;
    private final String name;
    private final List<SymbolicTensor> inputs;
    private final List<SymbolicTensor> outputs;
    private final Map<SymbolicTensor, Value> values = new HashMap<>();
    private final Map<String, Integer> counters = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<ParameterSpec> parameters = new ArrayList<>();
    private long offset;
    /** Places of layers with weights among each other, in Keras 2's order: its checkpoints name them so. */
    private final Map<Layer, Integer> checkpointNumbers = new HashMap<>();

    ModelBuilder(Model.Kind kind, String name, List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        this.kind = kind;
        this.name = name;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** @param layerOrder names of all layers; empty for the order of the graph */
    Model build(List<String> layerOrder) {
        GraphOrder order = GraphOrder.ofKeras3(inputs, outputs);
        Map<Object, List<Node.Call>> calls = new HashMap<>();
        for (SymbolicTensor input : inputs) {
            calls.put(input, List.of(new Node.Call(calls.size(), 0, List.of(), List.of(value(input)))));
        }
        List<Object> turns = order.turns();
        int place = calls.size();
        for (LayerCall call : order.calls()) {
            List<Value> read = call.inputs().stream().map(this::value).toList();
            List<Value> made = call.outputs().stream().map(this::value).toList();
            Node.Call placed = new Node.Call(place++, turns.indexOf(call), read, made);
            calls.computeIfAbsent(call.layer(), layer -> new ArrayList<>()).add(placed);
        }
        number(GraphOrder.ofKeras2(inputs, outputs).layers(), calls);
        List<Node> nodes = new ArrayList<>();
        for (Object layer : inOrder(order.layers(), layerOrder)) {
            nodes.add(
                    layer instanceof SymbolicTensor input
                            ? input(input, calls.get(input))
                            : node((Layer) layer, calls.get(layer)));
        }
        warnOfFloat64(nodes);
        return new Model(
                kind,
                name,
                inputs.stream().map(this::value).toList(),
                outputs.stream().map(this::value).toList(),
                nodes,
                new ParameterLayout(parameters, offset));
    }

    private void warnOfFloat64(List<Node> nodes) {
        List<String> wide = nodes.stream()
                .filter(node -> node.layer().isMadeInFloat64())
                .map(Node::name)
                .toList();
        if (!wide.isEmpty()) {
            LOG.warn(
                    "{} of the {} layers of model {} have dtype float64, the first of them {}: they compute in float32",
                    wide.size(),
                    nodes.size(),
                    name,
                    wide.get(0));
        }
    }

    private static List<Object> inOrder(List<Object> layers, List<String> names) {
        return names.isEmpty()
                ? layers
                : layers.stream()
                        .sorted(Comparator.comparingInt(layer -> names.indexOf(
                                layer instanceof SymbolicTensor input ? input.inputName() : ((Layer) layer).name())))
                        .toList();
    }

    private Value value(SymbolicTensor tensor) {
        return values.computeIfAbsent(tensor, t -> new Value(values.size(), t.shape()));
    }

    private Node input(SymbolicTensor input, List<Node.Call> calls) {
        InputLayer any = new InputLayer(input.inputName(), input.shape());
        InputLayer layer = input.batchSize() == 0 ? any : any.batchSize(input.batchSize());
        // A Sequential's input is no layer of its own: its name may be another layer's.
        String layerName = kind == Model.Kind.SEQUENTIAL ? "input" : nameOf(layer);
        return new Node(layerName, layer, calls, List.of());
    }

    private Node node(Layer layer, List<Node.Call> calls) {
        String layerName = nameOf(layer);
        List<ParameterSpec> own = new ArrayList<>();
        for (Weight weight : layer.variables(inputShapes(calls))) {
            ParameterSpec spec = new ParameterSpec(
                    weight.pathIn(layerName).replaceFirst("^/", ""),
                    "layer_with_weights-" + checkpointNumbers.get(layer) + "/" + weight.checkpointName(),
                    weight.shape(),
                    weight.initializer(),
                    offset,
                    rule(weight),
                    weight.isFrozen() ? null : weight.regularizer(),
                    weight.constraint());
            own.add(spec);
            offset = ParameterLayout.align(offset + spec.size());
        }
        parameters.addAll(own);
        return new Node(layerName, layer, List.copyOf(calls), List.copyOf(own));
    }

    private void number(List<Object> layers, Map<Object, List<Node.Call>> calls) {
        for (Object each : layers) {
            if (each instanceof Layer layer
                    && !layer.variables(inputShapes(calls.get(layer))).isEmpty()) {
                checkpointNumbers.put(layer, checkpointNumbers.size());
            }
        }
    }

    private static List<List<Integer>> inputShapes(List<Node.Call> calls) {
        return calls.get(0).inputs().stream().map(Value::shape).toList();
    }

    private static UpdateRule rule(Weight weight) {
        if (weight.isFrozen()) {
            return new UpdateRule.Frozen();
        }
        return weight.isMovingAverage()
                ? new UpdateRule.MovingAverage(weight.movingMomentum())
                : new UpdateRule.Optimized();
    }

    private String nameOf(Layer layer) {
        String given = layer.name() != null ? layer.name() : automaticName(layer);
        if (!names.add(given)) {
            throw CoveyException.caller("two layers of model " + name + " are named " + given);
        }
        return given;
    }

    private String automaticName(Layer layer) {
        String base = LayerTypes.snakeCase(layer.shownName());
        int count = counters.merge(base, 1, Integer::sum) - 1;
        return count == 0 ? base : base + "_" + count;
    }
}
