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
import java.util.List;

/**
 * Attention of several heads: each projects query, key and value, scores are dot products over the square root of a key's size,
 * and the heads' means are projected to the output. Kernels (in, heads, dim), that of the output (heads, value's size, out). A
 * place counts if it does in the masks of the query, the value and a key of its own.
 */
public abstract sealed class ProjectedAttention extends AttentionLayer permits MultiHeadAttention, GroupQueryAttention {
    private static final long serialVersionUID = 1L;

    private final int heads;
    private final int valueHeads;
    private final int keyDim;
    private final int valueDim;
    private final int window;
    private final boolean gated;
    private final boolean useBias;
    private final WeightSettings kernel;
    private final WeightSettings bias;
    private final L1L2 penalty;

    /**
     * Reads the arguments that these layers have in common.
     *
     * @param arguments Keras' arguments
     * @param heads number of the query's heads
     * @param valueHeads number of the heads of key and value, a divisor of {@code heads}
     * @param keyDim size of a head's query and key
     * @param valueDim size of a head's value
     */
    ProjectedAttention(Arguments arguments, int heads, int valueHeads, int keyDim, int valueDim) {
        super(arguments);
        this.heads = heads;
        this.valueHeads = valueHeads;
        this.keyDim = keyDim;
        this.valueDim = valueDim;
        window = arguments.raw("sliding_window", null) == null ? 0 : arguments.positive("sliding_window");
        gated = arguments.flag("use_gate", false);
        useBias = arguments.flag("use_bias", true);
        kernel = WeightSettings.read(arguments, "kernel", "glorot_uniform");
        bias = WeightSettings.read(arguments, "bias", "zeros");
        penalty = Regularizer.ofActivity(arguments, "activity_regularizer");
        arguments.ignore("flash_attention");
    }

    /** The output's axes behind the time, for a query (steps, features). */
    abstract List<Integer> outputSizes(List<Integer> query);

    /** Number of the query's heads. */
    public final int heads() {
        return heads;
    }

    /** Number of the heads of key and value, each of which serves as many heads of the query, side by side. */
    public final int valueHeads() {
        return valueHeads;
    }

    /** Size of a head's query and key. */
    public final int keyDim() {
        return keyDim;
    }

    /** Size of a head's value. */
    public final int valueDim() {
        return valueDim;
    }

    /** A step sees places nearer than this; 0 for all. */
    public final int window() {
        return window;
    }

    /** Whether the heads' means are multiplied by the sigmoid of one more projection of the query. */
    public final boolean isGated() {
        return gated;
    }

    /** Number of variables of one projection. */
    public final int variablesOfProjection() {
        return useBias ? 2 : 1;
    }

    /** What the projections are made as, whatever their sizes. */
    @Override
    public final List<Layer> innerLayers() {
        return List.of(projection(heads * keyDim), projection(valueHeads * valueDim), gate());
    }

    /** One projection, as a matrix product. */
    public final Dense projection(int units) {
        Dense dense = new Dense(units, Activation.LINEAR).useBias(useBias);
        return penalty == null ? dense : dense.activityRegularizer(penalty);
    }

    /** The gate's projection. */
    public final Dense gate() {
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

    @Override
    public final List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Integer> key = keyShape(inputShapes);
        int queryWidth = inputShapes.get(0).get(1);
        List<Weight> weights = new ArrayList<>();
        into(weights, "query", queryWidth, heads, keyDim);
        into(weights, "key", key.get(1), valueHeads, keyDim);
        if (gated) {
            into(weights, "gate", queryWidth, heads, valueDim);
        }
        into(weights, "value", inputShapes.get(1).get(1), valueHeads, valueDim);
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

    private void into(List<Weight> weights, String name, int in, int count, int dim) {
        add(weights, name, "_" + name + "_dense", List.of(in, count, dim), in, count * dim, List.of(count, dim));
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
