package io.covey.trainer.layers.attention;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.WeightSettings;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.regularizers.L1L2;
import io.covey.trainer.regularizers.Regularizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention of several heads (Vaswani et al., arXiv 1706.03762): each projects query, key and value, scores are dot products over
 * the square root of {@code key_dim}, and the heads' means are projected to the output. Kernels (in, heads, dim), that of the
 * output (heads, value_dim, out). A place counts if it does in the masks of the query, the value and a key of its own.
 */
public final class MultiHeadAttention extends AttentionLayer {
    private static final long serialVersionUID = 1L;

    private final int heads;
    private final int keyDim;
    private final int valueDim;
    private final int[] outputAxes;
    private final int window;
    private final boolean gated;
    private final boolean useBias;
    private final WeightSettings kernel;
    private final WeightSettings bias;
    private final L1L2 penalty;

    /** Reads Keras' arguments; {@code num_heads} and {@code key_dim} are required. */
    public MultiHeadAttention(Arguments arguments) {
        super(arguments);
        heads = arguments.positive("num_heads");
        keyDim = arguments.positive("key_dim");
        valueDim = arguments.raw("value_dim", null) == null ? keyDim : arguments.positive("value_dim");
        outputAxes = sizes(arguments);
        window = arguments.raw("sliding_window", null) == null ? 0 : arguments.positive("sliding_window");
        gated = arguments.flag("use_gate", false);
        useBias = arguments.flag("use_bias", true);
        kernel = WeightSettings.read(arguments, "kernel", "glorot_uniform");
        bias = WeightSettings.read(arguments, "bias", "zeros");
        penalty = Regularizer.ofActivity(arguments, "activity_regularizer");
        if (arguments.raw("attention_axes", null) != null && arguments.integers("attention_axes", 1)[0] != 1) {
            throw arguments.error("attention_axes", "must be [1], the time axis, or be left out");
        }
        arguments.ignore("attention_axes", "flash_attention");
    }

    private static int[] sizes(Arguments arguments) {
        Object given = arguments.raw("output_shape", null);
        if (given == null || (given instanceof List<?> list && list.isEmpty())) {
            return new int[0];
        }
        int[] sizes = arguments.integers("output_shape", -1);
        if (Arrays.stream(sizes).anyMatch(size -> size < 1)) {
            throw arguments.error("output_shape", "is " + Arrays.toString(sizes) + ", sizes must be at least 1");
        }
        return sizes;
    }

    @Override
    public MultiHeadAttention copy(Arguments newArguments) {
        return new MultiHeadAttention(newArguments);
    }

    public int heads() {
        return heads;
    }

    /** Size of a head's query and key. */
    public int keyDim() {
        return keyDim;
    }

    /** Size of a head's value. */
    public int valueDim() {
        return valueDim;
    }

    /** A step sees places nearer than this; 0 for all. */
    public int window() {
        return window;
    }

    /** Whether the heads' means are multiplied by the sigmoid of one more projection of the query. */
    public boolean isGated() {
        return gated;
    }

    /** Number of variables of one projection. */
    public int variablesOfProjection() {
        return useBias ? 2 : 1;
    }

    /** Keras' penalty is on every projection, not on the output alone. */
    @Override
    public L1L2 activityRegularizer() {
        return null;
    }

    /** A projection of each kind: of query and key, of the value, the gate, and the output. */
    @Override
    public List<Layer> innerLayers() {
        int outputs = Arrays.stream(outputAxes).reduce(1, Math::multiplyExact);
        return List.of(projection(heads * keyDim), projection(heads * valueDim), gate(), projection(outputs));
    }

    /** One projection, as a matrix product. */
    public Dense projection(int units) {
        Dense dense = new Dense(units, Activation.LINEAR).useBias(useBias);
        return penalty == null ? dense : dense.activityRegularizer(penalty);
    }

    /** The gate's projection. */
    public Dense gate() {
        Dense linear = projection(heads * valueDim);
        return linear.copy(linear.arguments().with("activation", Activation.SIGMOID));
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        keyShape(inputShapes);
        List<Integer> query = inputShapes.get(0);
        List<Integer> output = new ArrayList<>();
        output.add(query.get(0));
        output.addAll(outputSizes(query));
        return output;
    }

    private List<Integer> outputSizes(List<Integer> query) {
        return outputAxes.length == 0
                ? query.subList(1, 2)
                : Arrays.stream(outputAxes).boxed().toList();
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> key = keyShape(inputShapes);
        int queryWidth = inputShapes.get(0).get(1);
        List<Weight> weights = new ArrayList<>();
        into(weights, "query", queryWidth, keyDim);
        into(weights, "key", key.get(1), keyDim);
        if (gated) {
            into(weights, "gate", queryWidth, valueDim);
        }
        into(weights, "value", inputShapes.get(1).get(1), valueDim);
        List<Integer> out = outputSizes(inputShapes.get(0));
        List<Integer> shape = new ArrayList<>(List.of(heads, valueDim));
        shape.addAll(out);
        add(
                weights,
                "attention_output",
                "_output_dense",
                shape,
                heads * valueDim,
                out.stream().reduce(1, Math::multiplyExact),
                out);
        return weights;
    }

    private void into(List<Weight> weights, String name, int in, int dim) {
        add(weights, name, "_" + name + "_dense", List.of(in, heads, dim), in, heads * dim, List.of(heads, dim));
    }

    private void add(
            List<Weight> weights,
            String name,
            String checkpointName,
            List<Integer> kernelShape,
            int rows,
            int columns,
            List<Integer> biasShape) {
        WeightSettings joint = new WeightSettings(
                JointAxes.of(kernel.initializer(), rows, columns), kernel.regularizer(), kernel.constraint());
        weights.add(joint.weight("kernel", kernelShape).inside(name, checkpointName));
        if (useBias) {
            weights.add(bias.weight("bias", biasShape).inside(name, checkpointName));
        }
    }
}
