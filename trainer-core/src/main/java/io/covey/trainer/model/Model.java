package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.layers.core.InputLayer;
import io.covey.trainer.random.CounterRandom;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A graph of layers, their names, shapes and parameters: Keras' Sequential and functional models. Immutable; holds no values
 * (see {@link #initialValues}).
 */
public final class Model implements Serializable {
    private static final long serialVersionUID = 3L;

    private static final long INIT = 3;

    /** How the model was put together, which decides how Keras prints it. */
    public enum Kind {
        SEQUENTIAL("Sequential"),
        FUNCTIONAL("Functional");

        private final String className;

        Kind(String className) {
            this.className = className;
        }

        /** Keras' class name. */
        public String className() {
            return className;
        }
    }

    private final Kind kind;
    private final String name;
    private final List<Value> inputs;
    private final List<Value> outputs;
    private final List<Node> nodes;
    private final ParameterLayout layout;
    private final List<GraphRow> operations;
    private final int batchSize;

    Model(Kind kind, String name, List<Value> inputs, List<Value> outputs, List<Node> nodes, ParameterLayout layout) {
        this(kind, name, inputs, outputs, nodes, layout, List.of());
    }

    private Model(
            Kind kind,
            String name,
            List<Value> inputs,
            List<Value> outputs,
            List<Node> nodes,
            ParameterLayout layout,
            List<GraphRow> operations) {
        this.kind = kind;
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.nodes = List.copyOf(nodes);
        this.layout = layout;
        this.operations = List.copyOf(operations);
        this.batchSize = FixedBatch.of(name, nodes);
    }

    /**
     * A stack of layers.
     *
     * @param name Keras' default is {@code sequential}
     * @param inputShape shape of one sample
     * @param layers at least one
     * @throws CoveyException a caller's error when shapes do not fit or two layers share a name
     */
    public static Model sequential(String name, List<Integer> inputShape, List<? extends Layer> layers) {
        if (inputShape.stream().anyMatch(i -> i < 1)) {
            throw CoveyException.caller("input_shape is " + inputShape + ", every axis must be at least 1");
        }
        return sequential(name, SymbolicTensor.input(null, inputShape), layers);
    }

    private static Model sequential(String name, SymbolicTensor input, List<? extends Layer> layers) {
        requireLayers(name, layers);
        SymbolicTensor tensor = input;
        for (Layer layer : layers) {
            tensor = layer.apply(tensor);
        }
        return new ModelBuilder(Kind.SEQUENTIAL, name, List.of(input), List.of(tensor)).build(List.of());
    }

    /**
     * Keras' {@code Sequential(layers)}, whose first layer is an {@link InputLayer} or has an {@code input_shape}.
     *
     * @throws CoveyException a caller's error when there is no input shape, see {@link #sequential(String, List, List)}
     */
    public static Model sequential(Layer... layers) {
        return sequential("sequential", List.of(layers));
    }

    /** The same with a name. */
    static Model sequential(String name, List<? extends Layer> layers) {
        requireLayers(name, layers);
        Layer first = layers.get(0);
        if (first instanceof ModelLayer inner) {
            Model begin = inner.model();
            return sequential(name, SymbolicTensor.input(null, begin.inputShape(), begin.batchSize()), layers);
        }
        boolean isInput = first instanceof InputLayer;
        InputLayer input = isInput ? (InputLayer) first : InputLayer.of(first);
        return sequential(
                name,
                SymbolicTensor.input(null, input.shape(), input.batchSize()),
                layers.subList(isInput ? 1 : 0, layers.size()));
    }

    private static void requireLayers(String name, List<? extends Layer> layers) {
        if (layers.isEmpty()) {
            throw CoveyException.caller("model " + name + " has no layers");
        }
    }

    /**
     * The graph between inputs and outputs, as Keras' {@code Model(inputs, outputs)}.
     *
     * @param name Keras' default is {@code functional}
     * @throws CoveyException a caller's error when an output depends on no input or on another one, or two layers share a
     *     name
     */
    public static Model functional(String name, List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        return functional(name, inputs, outputs, List.of());
    }

    /**
     * The same with the layers in a given order.
     *
     * @param layerOrder names of all layers; empty for the order that Keras finds in the graph
     */
    static Model functional(
            String name, List<SymbolicTensor> inputs, List<SymbolicTensor> outputs, List<String> layerOrder) {
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw CoveyException.caller("model " + name + " needs at least one input and one output");
        }
        return new ModelBuilder(Kind.FUNCTIONAL, name, inputs, outputs).build(layerOrder);
    }

    public Kind kind() {
        return kind;
    }

    public String name() {
        return name;
    }

    /** Keras' path of a weight: a Sequential builds its layers in its name scope, a functional model's come before it. */
    public String weightPath(ParameterSpec weight) {
        return kind() == Kind.SEQUENTIAL ? name() + "/" + weight.path() : weight.path();
    }

    /** The inputs, in the order in which they are fed. */
    public List<Value> inputs() {
        return inputs;
    }

    /** The outputs, in the order of losses and predictions. */
    public List<Value> outputs() {
        return outputs;
    }

    /** Shape of one sample of the only input. */
    public List<Integer> inputShape() {
        return inputs.get(0).shape();
    }

    /** Samples in every batch, where an input, or one of a model inside this one, says so; else 0. */
    public int batchSize() {
        return batchSize;
    }

    /** Numbers that stateful layers hand on from each row of a batch to the same row of the next; 0 if there are none. */
    public int statefulSize() {
        return nodes.stream().mapToInt(node -> node.layer().statefulSize()).sum();
    }

    /** Numbers in one sample of the first input. */
    public int inputSize() {
        return inputs.get(0).size();
    }

    /** Shape of one sample's first output. */
    public List<Integer> outputShape() {
        return outputs.get(0).shape();
    }

    /** The layers in Keras' order, inputs included; a shared layer stands once. */
    public List<Node> nodes() {
        return nodes;
    }

    /** The layer with this name. */
    public Node node(String layerName) {
        return nodes.stream()
                .filter(node -> node.name().equals(layerName))
                .findFirst()
                .orElseThrow(() -> CoveyException.caller("model " + name + " has no layer " + layerName));
    }

    /** The name of the layer that makes an output, which is Keras' name of the output. */
    public String outputName(int output) {
        Value value = outputs.get(output);
        return nodes.stream()
                .filter(node ->
                        node.calls().stream().anyMatch(call -> call.outputs().contains(value)))
                .findFirst()
                .map(Node::name)
                .orElseThrow();
    }

    /** Layers and operations as a summary of Keras 3 lists them, where there are operations; else empty. */
    List<GraphRow> operations() {
        return operations;
    }

    /** The same model with the operations of its summary. */
    Model withOperations(List<GraphRow> rows) {
        return new Model(kind, name, inputs, outputs, nodes, layout, rows);
    }

    /** The application of a layer that is run. */
    public record Step(Node node, Node.Call call) {}

    /** All applications of layers in an order in which they can be run. */
    public List<Step> steps() {
        return nodes.stream()
                .flatMap(node -> node.calls().stream().map(call -> new Step(node, call)))
                .sorted(Comparator.comparingInt(step -> step.call().order()))
                .toList();
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Whether penalties on weights or on layers' outputs are added to the loss. */
    public boolean hasPenalties() {
        return layout().parameters().stream().anyMatch(parameter -> parameter.regularizer() != null)
                || nodes().stream().anyMatch(node -> penalizes(node.layer()));
    }

    private static boolean penalizes(Layer layer) {
        return layer.activityRegularizer() != null
                || layer.innerLayers().stream().anyMatch(Model::penalizes);
    }

    /** Number of weights that the optimizer changes. */
    public long trainableCount() {
        return layout.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .mapToLong(ParameterSpec::size)
                .sum();
    }

    /** Writes the first values of the flat range [offset, offset + target.length), gaps as zeros. */
    public void initialValues(long seed, long offset, float[] target) {
        List<ParameterSpec> parameters = layout.parameters();
        for (int k = 0; k < parameters.size(); k++) {
            ParameterSpec p = parameters.get(k);
            long from = Math.max(offset, p.offset());
            long to = Math.min(offset + target.length, p.offset() + p.size());
            if (from < to) {
                CounterRandom random = CounterRandom.of(seed, INIT, k);
                p.initializer()
                        .fill(p.shape(), random, from - p.offset(), target, (int) (from - offset), (int) (to - from));
            }
        }
    }

    @Override
    public String toString() {
        return kind.className() + " " + Objects.toString(name);
    }
}
