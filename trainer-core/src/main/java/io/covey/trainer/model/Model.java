package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.random.CounterRandom;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Keras' Sequential: a stack of layers with a known input shape, their names, shapes and parameters. Immutable; holds no
 * values (see {@link #initialValues}).
 */
public final class Model implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final long INIT = 3;

    /**
     * A layer in its place.
     *
     * @param name as given, or Keras' automatic name
     * @param layer its settings
     * @param inputShape without the batch axis
     * @param outputShape without the batch axis
     * @param parameters its variables in the flat vector
     */
    public record Node(
            String name,
            Layer layer,
            List<Integer> inputShape,
            List<Integer> outputShape,
            List<ParameterSpec> parameters)
            implements Serializable {
        /** Number of weights. */
        public long parameterCount() {
            return parameters.stream().mapToLong(ParameterSpec::size).sum();
        }
    }

    private final String name;
    private final List<Integer> inputShape;
    private final List<Node> nodes;
    private final ParameterLayout layout;

    private Model(String name, List<Integer> inputShape, List<Node> nodes, ParameterLayout layout) {
        this.name = name;
        this.inputShape = inputShape;
        this.nodes = nodes;
        this.layout = layout;
    }

    /**
     * A stack of layers.
     *
     * @param name Keras' default is {@code sequential}
     * @param inputShape shape of one sample
     * @param layers at least one
     * @throws CoveyException a caller's error when shapes do not fit or two layers share a name
     */
    public static Model sequential(String name, List<Integer> inputShape, List<Layer> layers) {
        if (layers.isEmpty()) {
            throw CoveyException.caller("model " + name + " has no layers");
        }
        if (inputShape.stream().anyMatch(i -> i < 1)) {
            throw CoveyException.caller("input_shape is " + inputShape + ", every axis must be at least 1");
        }
        Map<String, Integer> counters = new HashMap<>();
        Set<String> names = new HashSet<>();
        List<Node> nodes = new ArrayList<>();
        List<ParameterSpec> all = new ArrayList<>();
        List<Integer> shape = List.copyOf(inputShape);
        long offset = 0;
        int withWeights = 0;
        for (Layer layer : layers) {
            String layerName = layer.name() != null ? layer.name() : automaticName(layer, counters);
            if (!names.add(layerName)) {
                throw CoveyException.caller("two layers of model " + name + " are named " + layerName);
            }
            List<Integer> output = layer.outputShape(shape);
            List<ParameterSpec> parameters = new ArrayList<>();
            for (Layer.Weight weight : layer.weights(shape)) {
                ParameterSpec spec = new ParameterSpec(
                        layerName + "/" + weight.name(),
                        "layer_with_weights-" + withWeights + "/" + weight.name(),
                        weight.shape(),
                        weight.initializer(),
                        offset);
                parameters.add(spec);
                offset = ParameterLayout.align(offset + spec.size());
            }
            withWeights += parameters.isEmpty() ? 0 : 1;
            all.addAll(parameters);
            nodes.add(new Node(layerName, layer, shape, output, List.copyOf(parameters)));
            shape = output;
        }
        if (all.isEmpty()) {
            throw CoveyException.caller("model " + name + " has no weights: there is nothing to train");
        }
        return new Model(name, List.copyOf(inputShape), List.copyOf(nodes), new ParameterLayout(all, offset));
    }

    private static String automaticName(Layer layer, Map<String, Integer> counters) {
        String base =
                layer.className().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        int count = counters.merge(base, 1, Integer::sum) - 1;
        return count == 0 ? base : base + "_" + count;
    }

    public String name() {
        return name;
    }

    /** Shape of one sample. */
    public List<Integer> inputShape() {
        return inputShape;
    }

    /** Numbers in one sample. */
    public int inputSize() {
        return inputShape.stream().reduce(1, Math::multiplyExact);
    }

    /** Shape of one sample's output. */
    public List<Integer> outputShape() {
        return nodes.get(nodes.size() - 1).outputShape();
    }

    /** The layers, first to last. */
    public List<Node> nodes() {
        return nodes;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Writes the first values of the flat range [offset, offset + target.length), gaps as zeros. */
    public void initialValues(long seed, long offset, float[] target) {
        List<ParameterSpec> parameters = layout.parameters();
        for (int k = 0; k < parameters.size(); k++) {
            ParameterSpec p = parameters.get(k);
            CounterRandom random = CounterRandom.of(seed, INIT, k);
            long from = Math.max(offset, p.offset());
            long to = Math.min(offset + target.length, p.offset() + p.size());
            for (long i = from; i < to; i++) {
                target[(int) (i - offset)] = p.initializer().value(p.shape(), random, i - p.offset());
            }
        }
    }
}
