package io.covey.trainer.layers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NamedConfig;
import io.covey.trainer.regularizers.L1L2;
import io.covey.trainer.regularizers.Regularizer;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * The settings of a layer: immutable, with Keras' names and defaults. Shapes leave the batch axis out. A layer object that is
 * applied more than once shares its weights.
 */
public abstract class Layer implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Layers compute in float32; models that were made in float64 say that. */
    private static final List<String> COMPUTED = List.of("float32", "float64");

    private final Arguments arguments;
    private final String name;
    private final boolean trainable;
    private final L1L2 activityRegularizer;
    private final boolean madeInFloat64;

    /** Reads what all layers have; subclasses read the rest. */
    protected Layer(Arguments arguments) {
        this(arguments, COMPUTED);
    }

    /** @param types what the layer's dtype can be */
    protected Layer(Arguments arguments, List<String> types) {
        this.arguments = arguments;
        this.name = arguments.text("name", null);
        if (name != null && name.contains("/")) {
            throw arguments.error(
                    "name", "is " + name + ", it must not contain /, which separates layers from their weights");
        }
        this.trainable = arguments.flag("trainable", true);
        this.activityRegularizer = Regularizer.ofActivity(arguments, "activity_regularizer");
        arguments.ignore("input_shape", "input_dim", "batch_input_shape", "batch_shape");
        arguments.ignore("autocast", "build_config", "quantization_config");
        this.madeInFloat64 = "float64".equals(dtype(arguments, types));
    }

    private static Object dtype(Arguments arguments, List<String> allowed) {
        Object dtype = arguments.raw("dtype", null);
        Object type = dtype instanceof Map<?, ?>
                ? NamedConfig.of("dtype", dtype).arguments().get("name")
                : dtype;
        if (type != null && !allowed.contains(type)) {
            throw arguments.error(
                    "dtype",
                    "is " + type
                            + (allowed.equals(COMPUTED)
                                    ? ", layers compute in float32: leave it out"
                                    : ", known are " + String.join(", ", allowed)));
        }
        return type;
    }

    /** The name given by the user, or null: a model then numbers the class' snake_case name as Keras does. */
    public final String name() {
        return name;
    }

    /** Whether training changes the weights; a frozen BatchNormalization also normalises with its moving statistics. */
    public final boolean isTrainable() {
        return trainable;
    }

    /** Whether the layer's dtype is float64. It computes in float32 all the same. */
    public final boolean isMadeInFloat64() {
        return madeInFloat64;
    }

    /** What the layer was made from. */
    public final Arguments arguments() {
        return arguments;
    }

    /** Keras' class name, for example {@code Dense}. */
    public String className() {
        return getClass().getSimpleName();
    }

    /** The name of the class itself, which summaries and automatic names show; not always the one that Keras exports it by. */
    public String shownName() {
        return className();
    }

    /** A layer of the same class with other arguments. */
    public abstract Layer copy(Arguments newArguments);

    /** A copy of this layer with a name. */
    public final Layer named(String newName) {
        return copy(arguments.with("name", newName));
    }

    /** A copy of this layer that is trained, or not, with the layers inside it, as Keras' attribute of that name. */
    public Layer trainable(boolean newTrainable) {
        return copy(arguments.with("trainable", newTrainable));
    }

    /**
     * Output shape for the shapes of the inputs.
     *
     * @throws CoveyException a caller's error when the layer cannot take the inputs
     */
    public abstract List<Integer> outputShape(List<List<Integer>> inputShapes);

    /** Shapes of all outputs; one, but for layers that also return states. */
    public List<List<Integer>> outputShapes(List<List<Integer>> inputShapes) {
        return List.of(outputShape(inputShapes));
    }

    /** The layer's variables in Keras' order. */
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return List.of();
    }

    /**
     * The layer's variables, frozen if the layer is. Those of a wrapper follow the layers inside it: given as an argument of
     * its own, {@code trainable} freezes none of them, as in Keras 3.
     */
    public List<Weight> variables(List<List<Integer>> inputShapes) {
        List<Weight> weights = weights(inputShapes);
        return trainable ? weights : weights.stream().map(Weight::frozen).toList();
    }

    /** The layers that this one is made of, for wrappers. */
    public List<Layer> innerLayers() {
        return List.of();
    }

    /** Whether this layer, or one inside it, normalises by the statistics of the whole batch in training. */
    public boolean needsWholeBatch() {
        return innerLayers().stream().anyMatch(Layer::needsWholeBatch);
    }

    /**
     * Numbers that stateful layers, this one or those inside it, hand on from each row of a batch to the same row of the next
     * batch; 0 for layers that are not stateful.
     */
    public int statefulSize() {
        return innerLayers().stream().mapToInt(Layer::statefulSize).sum();
    }

    /**
     * Whether the first input's mask (see {@link io.covey.trainer.engine.Signal#mask}) is also that of the outputs to which the
     * layer gives none of their own. Others let it end, as in Keras.
     */
    public boolean supportsMasking() {
        return false;
    }

    /** Whether this layer, or one inside it, makes a mask of its input's values. */
    public boolean makesMask() {
        return innerLayers().stream().anyMatch(Layer::makesMask);
    }

    /** The penalty on each of the layer's outputs, or null. */
    public L1L2 activityRegularizer() {
        return activityRegularizer;
    }

    /** Calls the layer: a node of a functional model. */
    public final SymbolicTensor apply(SymbolicTensor... inputs) {
        return call(inputs).get(0);
    }

    /** Calls the layer and returns all its outputs. */
    public final List<SymbolicTensor> call(SymbolicTensor... inputs) {
        return new LayerCall(this, List.of(inputs)).outputs();
    }

    /** The only input's shape. */
    protected final List<Integer> single(List<List<Integer>> inputShapes) {
        if (inputShapes.size() != 1) {
            throw error("takes one input, it is given " + inputShapes.size());
        }
        return inputShapes.get(0);
    }

    /** The only input's shape, which must have {@code axes} axes beside the batch. */
    protected final List<Integer> single(List<List<Integer>> inputShapes, int axes) {
        List<Integer> shape = single(inputShapes);
        if (shape.size() != axes) {
            throw error("takes " + axes + " axes per sample (and the batch axis), its input has shape " + shape);
        }
        return shape;
    }

    /** A caller's error about this layer. */
    protected final CoveyException error(String problem) {
        return CoveyException.caller(className() + (name == null ? "" : " " + name) + ": " + problem);
    }

    @Override
    public final String toString() {
        return className() + arguments.given();
    }
}
